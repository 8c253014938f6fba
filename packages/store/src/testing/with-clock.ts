import { readFileSync } from 'node:fs';
import type { RedisClient } from '../connection.ts';

/** The time by which scripts run, in Unix ms. A test sets it. */
export interface TestClock {
  nowMs: number;
}

const CLOCK = readFileSync(new URL('../../lua/lib/clock.lua', import.meta.url), 'utf8');
// Before a script sees its arguments, the last one is taken off: the time.
const TEST_CLOCK =
  'local time_of_test = tonumber(table.remove(ARGV))\nlocal function now_ms() return time_of_test end\n';

/** The same client, but scripts read the time from `clock` instead of from Redis. All else goes through. */
export function withClock<T extends RedisClient>(client: T, clock: TestClock): T {
  const evaluate = (text: string, keys: number, ...rest: (string | number | Buffer)[]) =>
    text.includes(CLOCK)
      ? client.eval(
          text.replace(CLOCK, () => TEST_CLOCK),
          keys,
          ...rest,
          clock.nowMs,
        )
      : client.eval(text, keys, ...rest);
  const noScript = () => Promise.reject(new Error('NOSCRIPT'));
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'evalsha') return noScript;
      if (name === 'eval') return evaluate;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const bound: unknown = value.bind(target);
      return bound;
    },
  });
}
