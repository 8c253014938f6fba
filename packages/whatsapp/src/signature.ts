import { createHmac, timingSafeEqual } from 'node:crypto';

export type SignatureCheck =
  { ok: true; secret: string } | { ok: false; reason: 'missing' | 'malformed' | 'mismatch' };

// Meta writes lower case; one canonical form keeps every other spelling out.
const HEADER = /^sha256=[0-9a-f]{64}$/;
const STAND_IN_SECRET = 'no secret is configured';

/**
 * Checks `X-Hub-Signature-256` over the raw request bytes, before anything parses them. Every secret is tried, so the
 * time taken says nothing about which one fits; `secret` names the first that does. Without a usable secret the
 * same work is done and the answer is `mismatch`, so that an unknown team looks like a wrong signature.
 * Source: Meta, "Webhooks: validate payloads".
 */
export function verifySignature(
  body: Buffer,
  header: string | string[] | undefined,
  secrets: readonly string[],
): SignatureCheck {
  if (header === undefined || header.length === 0) return { ok: false, reason: 'missing' };
  if (typeof header !== 'string' || !HEADER.test(header)) return { ok: false, reason: 'malformed' };
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) digestMatches(body, STAND_IN_SECRET, given);
  const fitting = usable.filter((secret) => digestMatches(body, secret, given));
  const secret = fitting[0];
  return secret === undefined ? { ok: false, reason: 'mismatch' } : { ok: true, secret };
}

/** The header value that Meta would send with this body: `sha256=` and 64 lower-case hex digits. */
export function signBody(body: Buffer | string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function digestMatches(body: Buffer, secret: string, given: Buffer): boolean {
  return timingSafeEqual(createHmac('sha256', secret).update(body).digest(), given);
}
