import { createHash } from 'node:crypto';

/** Ids that look like Meta's and repeat when the seed does. */
export interface Ids {
  /** Id of a message that the business sent. */
  outbound(): string;
  /** Id of a message that a contact sent. */
  inbound(): string;
  /** `fbtrace_id` of one answer. */
  trace(): string;
}

/** Counts up from the seed: the same calls in the same order give the same ids. */
export function createIds(seed: string): Ids {
  const tag = createHash('sha256').update(seed).digest('hex').slice(0, 10);
  const counters = { outbound: 0, inbound: 0, trace: 0 };
  const wamid = (direction: 'outbound' | 'inbound') =>
    `wamid.${Buffer.from(`${tag}/${direction === 'outbound' ? 'o' : 'i'}/${++counters[direction]}`).toString('base64')}`;
  return {
    outbound: () => wamid('outbound'),
    inbound: () => wamid('inbound'),
    trace: () => `A${tag}${(++counters.trace).toString(36).padStart(12, '0')}`,
  };
}

/** Numbers in [0, 1) that repeat with the seed (mulberry32). */
export function createChance(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
