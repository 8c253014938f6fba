import { describe, expect, test } from '@jest/globals';
import { fail, ok, once, warn, type Check, type Verdict } from './check.ts';
import { runChecks } from './run-checks.ts';

const check = (id: Check['id'], run: Check['run'], needs: Check[] = []): Check => ({
  id,
  about: '',
  needs,
  run,
});
const never = () => new Promise<Verdict>(() => undefined);

describe('runChecks()', () => {
  test('a check that hangs, throws or fails stops no other one', async () => {
    const lines = await runChecks(
      [
        check('redis.reachable', never),
        check('redis.version', () => {
          throw new RangeError('with a secret in it');
        }),
        check('redis.aof', () => fail('no', 'mend it')),
        check('redis.memory', () => ok('yes')),
      ],
      { timeoutMs: 50 },
    );
    expect(lines.map(({ id, status, found }) => [id, status, found])).toEqual([
      ['redis.reachable', 'fail', 'there was no answer within 0.05 s'],
      ['redis.version', 'fail', 'the check itself broke (RangeError)'],
      ['redis.aof', 'fail', 'no'],
      ['redis.memory', 'ok', 'yes'],
    ]);
  });

  test('what needs a check that did not come out well is skipped, and so on down; a warning is well enough', async () => {
    const first = check('webhook.https', () => fail('no', 'mend it'));
    const second = check('webhook.reachable', () => ok('yes'), [first]);
    const third = check('webhook.verify', () => ok('yes'), [second]);
    const other = check('redis.version', () => warn('old', 'mend it'));
    const last = check('redis.aof', () => ok('yes'), [other]);
    const lines = await runChecks([third, second, first, other, last], { timeoutMs: 1_000 });
    expect(lines.map(({ status, found }) => `${status} ${found}`)).toEqual([
      'skip waits for `webhook.reachable`',
      'skip waits for `webhook.https`',
      'fail no',
      'warn old',
      'ok yes',
    ]);
  });

  test('runs many side by side, each once, and tells of each as it comes', async () => {
    let running = 0;
    let most = 0;
    const told: number[] = [];
    const all = Array.from({ length: 100 }, () =>
      check('number.known', async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return ok('yes');
      }),
    );
    await runChecks(all, { timeoutMs: 5_000, onLine: (_line, done) => told.push(done) });
    expect(most).toBe(16);
    expect(told).toEqual(all.map((_, index) => index + 1));
  });
});

test('once() asks once', () => {
  let asked = 0;
  const ask = once(() => {
    asked += 1;
    return undefined;
  });
  expect([ask(), ask(), asked]).toEqual([undefined, undefined, 1]);
});
