import { createHash } from 'node:crypto';

/** Ids that look like Meta's and repeat when the seed does. */
export interface Ids {
  /** Id of a message that the business sent; as Meta's it holds whom it is for. */
  outbound(contact: string): string;
  /** Id of a message that a contact sent. */
  inbound(contact: string): string;
  /** `fbtrace_id` of one answer: an A and 22 more letters, as `Az8or2yhqkZfEZ-_4Qn_Bam`. */
  trace(): string;
  /** Id of a template, a file or the like: 16 digits. */
  object(): string;
}

/** Counts up from the seed: the same calls in the same order give the same ids. */
export function createIds(seed: string): Ids {
  const tag = createHash('sha256').update(seed).digest('hex').slice(0, 10);
  const counters = { outbound: 0, inbound: 0, object: 0 };
  // Numbers above those that bundles are likely to use, below what a double holds exactly, and another for every seed.
  const firstObject = 1_000_000_000_000_000 + Number.parseInt(tag.slice(0, 8), 16) * 1_000_000;
  const wamid = (direction: 'outbound' | 'inbound', contact: string) => {
    const serial = (++counters[direction]).toString(16).padStart(8, '0');
    return wamidOf(contact, DIRECTIONS[direction], `${tag}${serial}`.toUpperCase());
  };
  return {
    outbound: (contact) => wamid('outbound', contact),
    inbound: (contact) => wamid('inbound', contact),
    trace: createTraces(seed),
    object: () => String(firstObject + ++counters.object),
  };
}

const DIRECTIONS = { outbound: 0x11, inbound: 0x12 };

/** The bytes of Meta's ids: the contact's number or user id, the direction, and a serial of 18 hex digits. */
function wamidOf(contact: string, direction: number, serial: string): string {
  const name = Buffer.from(contact.slice(0, 200), 'latin1');
  const head = [0x1c, 0x18, name.length, ...name, 0x15, 0x02, 0x00, direction, 0x18, serial.length];
  return `wamid.${Buffer.from([...head, ...Buffer.from(serial, 'latin1'), 0x00]).toString('base64')}`;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Every answer bears one, so they are drawn, which costs far less than hashing. */
function createTraces(seed: string): () => string {
  const chance = createChance(`traces ${seed}`);
  return () => {
    let trace = 'A';
    // A draw has 32 bits: five letters.
    for (let left = 0, bits = 0; trace.length < 23; left -= 1) {
      if (left === 0) [left, bits] = [5, Math.floor(chance() * 2 ** 30)];
      trace += LETTERS.charAt(bits & 63);
      bits >>>= 6;
    }
    return trace;
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
