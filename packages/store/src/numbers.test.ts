import { describe, expect, test } from '@jest/globals';
import {
  learnDisplayNumber,
  learnLimits,
  pauseNumber,
  readDisplayNumber,
  readNumber,
  readNumberLimits,
  resumeNumber,
  resumeWaba,
} from './numbers.ts';
import { readWaits } from './broadcasts/read-waits.ts';
import { due } from './outbox.ts';
import { numberOf, templateNamed } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const DAY_MS = 86_400_000;
const number = numberOf({ tier: '250', throughput: 1_000, businessAccountId: 'w' });
const read = (of = number) => readNumber(store.real, 0, of);
const dueNumbers = async () => (await due(store.real, 0, { numbers: 10, messages: 0 })).numbers;

async function open(name: string) {
  store.clock.nowMs += 5;
  const ref = await store.sayOne({ name, number, message: templateNamed('offer') }, { heard: false });
  expect(await store.claim(ref)).toMatchObject({ kind: 'go' });
  return ref;
}

describe('readWaits()', () => {
  const waits = () => readWaits(store.real, 0, number);

  test('tells each thing that keeps broadcasts, with its end', async () => {
    expect(await waits()).toEqual([]);
    const untilMs = Date.now() + 60_000;
    await pauseNumber(store.real, 0, number, { of: 'waba', untilMs, code: '80007' });
    await pauseNumber(store.real, 0, number, { of: 'templates', code: 'restriction' });
    expect(await waits()).toEqual([
      { for: 'number', untilMs, code: '80007' },
      { for: 'templates', untilMs: Infinity },
    ]);
  });

  test('tells when the tier has room, and that one of none never has', async () => {
    await learnLimits(store.real, 0, number, { tierLimit: 1 });
    await open('a');
    expect(await waits()).toEqual([{ for: 'tier', untilMs: store.clock.nowMs + DAY_MS }]);
    await learnLimits(store.real, 0, number, { tierLimit: 0 });
    expect(await waits()).toEqual([{ for: 'tier', untilMs: Infinity }]);
  });
});

describe('readNumber()', () => {
  test('tells what is configured when nothing else is known', async () => {
    expect(await read()).toEqual({
      throughput: 1_000,
      tierLimit: 250,
      learnt: false,
      quality: undefined,
      tierUsed: 0,
      tierRoomAtMs: undefined,
      waiting: { reply: 0, notification: 0, broadcast: 0, later: 0, tier: 0 },
      onTheWay: 0,
      pausedUntilMs: undefined,
      pausedCode: undefined,
      templatesPausedUntilMs: undefined,
    });
    expect(await read(numberOf())).toMatchObject({ tierLimit: -1 });
  });

  test('tells what Meta said last, until the operator configures something else', async () => {
    await learnLimits(store.real, 0, number, { throughput: 500, tierLimit: 2_000, quality: 'GREEN' });
    expect(await read()).toMatchObject({ throughput: 500, tierLimit: 2_000, learnt: true, quality: 'GREEN' });
    expect(await readNumberLimits(store.real, 0, number)).toEqual({ tierLimit: 2_000, tierUsed: 0 });
    expect(await dueNumbers()).toEqual([number.id]);
    const other = { ...number, throughput: 80, tier: '1' as const };
    expect(await read(other)).toMatchObject({ throughput: 80, tierLimit: 1_000, learnt: false });
  });

  test('counts the tier and tells when it has room again', async () => {
    await learnLimits(store.real, 0, number, { tierLimit: 2 });
    await open('a');
    const { nowMs } = store.clock;
    await open('b');
    expect(await read()).toMatchObject({ tierUsed: 2, tierRoomAtMs: nowMs + DAY_MS, onTheWay: 2 });
    await learnLimits(store.real, 0, number, { tierLimit: 1 });
    expect(await read()).toMatchObject({ tierUsed: 2, tierRoomAtMs: nowMs + 5 + DAY_MS });
    await learnLimits(store.real, 0, number, { tierLimit: -1 });
    expect(await read()).toMatchObject({ tierLimit: -1, tierRoomAtMs: undefined });
  });

  test('counts what waits, and where', async () => {
    await learnLimits(store.real, 0, number, { tierLimit: 1 });
    await open('a');
    const waits = await store.sayOne(
      { name: 'b', number, message: templateNamed('offer'), long: true },
      { heard: false },
    );
    await store.claim(waits);
    const refused = await store.sayOne({ name: 'c', number });
    await store.claim(refused);
    await store.finish(refused, 1, { kind: 'retry', code: '1', reason: 'retries_exhausted', ms: 60_000 });
    await store.client.rpush(store.keys.lane(number.id, 'broadcast'), 'x', 'y');
    expect(await read()).toMatchObject({
      waiting: { reply: 0, notification: 0, broadcast: 2, later: 1, tier: 1 },
      onTheWay: 1,
    });
  });
});

describe('pauseNumber()', () => {
  test('keeps the longer pause, and its code', async () => {
    const untilMs = Date.now() + 60_000;
    await pauseNumber(store.real, 0, number, { of: 'number', untilMs, code: 'a' });
    await pauseNumber(store.real, 0, number, { of: 'number', untilMs: untilMs - 1_000, code: 'b' });
    expect(await read()).toMatchObject({ pausedUntilMs: untilMs, pausedCode: 'a' });
    await pauseNumber(store.real, 0, number, { of: 'waba', code: 'c' });
    expect(await read()).toMatchObject({ pausedUntilMs: Infinity, pausedCode: 'c' });
    expect(await store.real.zscore(store.keys.wakes, number.id)).toBe(String(untilMs));
  });

  test('tells nothing of a pause that is over', async () => {
    await pauseNumber(store.real, 0, number, { of: 'number', untilMs: Date.now() - 1, code: 'a' });
    expect(await read()).toMatchObject({ pausedUntilMs: undefined, pausedCode: undefined });
  });

  test('is lifted for the WABA alone, or for the number too', async () => {
    await pauseNumber(store.real, 0, number, { of: 'number', code: 'a' });
    await pauseNumber(store.real, 0, number, { of: 'waba', code: 'b' });
    await pauseNumber(store.real, 0, number, { of: 'templates', code: 'c' });
    await resumeWaba(store.real, 0, number);
    expect(await read()).toMatchObject({ pausedCode: 'a', templatesPausedUntilMs: undefined });
    expect(await dueNumbers()).toEqual([number.id]);
    await store.real.zadd(store.keys.wakes, Date.now() + 60_000, number.id);
    await resumeNumber(store.real, 0, number);
    expect(await read()).toMatchObject({ pausedUntilMs: undefined });
    expect(await dueNumbers()).toEqual([number.id]);
  });
});

test('readDisplayNumber() reads what learnDisplayNumber() kept', async () => {
  expect(await readDisplayNumber(store.real, 0, number)).toBeUndefined();
  await learnDisplayNumber(store.real, 0, number, '15550001');
  expect(await readDisplayNumber(store.real, 0, number)).toBe('15550001');
});
