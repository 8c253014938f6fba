import { isIPv6 } from 'node:net';

/** Calls without a key that fits, of one address: so many at once, and so many a second. */
const AT_ONCE = 60;
const PER_SECOND = 1;
const ADDRESSES_MAX = 10_000;

export interface Strangers {
  /** Notes a call whose key does not fit; whether the address has made too many of them. */
  isTooMuch(address: string | undefined): boolean;
}

/**
 * Counts the calls of this process that no key opened. A key that fits is never held up by them: others may call from the same address,
 * such as that of a proxy. `now` in Unix ms.
 */
export function createStrangers(now: () => number): Strangers {
  const buckets = new Map<string, { level: number; atMs: number }>();
  return {
    isTooMuch: (address) => {
      const name = placeOf(address ?? '');
      const known = buckets.get(name) ?? { level: AT_ONCE, atMs: now() };
      const atMs = Math.max(now(), known.atMs);
      const level = Math.min(AT_ONCE, known.level + ((atMs - known.atMs) / 1000) * PER_SECOND);
      // Put at the end, so that the one that was quiet longest is forgotten first.
      buckets.delete(name);
      buckets.set(name, { level: Math.max(0, level - 1), atMs });
      const [oldest] = buckets.keys();
      if (buckets.size > ADDRESSES_MAX && oldest !== undefined) buckets.delete(oldest);
      return level < 1;
    },
  };
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
function placeOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}
