import { createHash } from 'node:crypto';

/** An app's id, made of its secret: the emulator is given none. */
export function appIdOf(secret: string): string {
  const hash = createHash('sha256').update(`app ${secret}`).digest();
  return String(1e15 + (hash.readUIntBE(0, 6) % 8e15));
}
