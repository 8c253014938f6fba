/** The 128 bits of an id in 22 characters instead of 32: what is kept many times over. */
export function shortId(id: string): string {
  return Buffer.from(id, 'hex').toString('base64url');
}

/** The id as everything else has it. */
export function longId(short: string): string {
  return Buffer.from(short, 'base64url').toString('hex');
}
