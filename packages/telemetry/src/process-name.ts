import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for this process that no other process has, now or later. */
export function processName(): string {
  return `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
}
