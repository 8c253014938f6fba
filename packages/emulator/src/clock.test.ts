import { afterEach, describe, expect, test } from '@jest/globals';
import { type Clock, type ClockOptions, createClock } from './clock.ts';

let clock: Clock | undefined;
afterEach(() => clock?.close());

const open = (options: ClockOptions = {}): Clock => (clock = createClock(options));
const START = 1_800_000_000_000;

describe('createClock()', () => {
  test('runs with the machine', async () => {
    const { nowMs, later } = bind(open());
    const before = Date.now();
    expect(nowMs()).toBeGreaterThanOrEqual(before);
    await new Promise<void>((resolve) => void later(resolve, 20));
    expect(nowMs() - before).toBeGreaterThanOrEqual(19);
    expect(nowMs()).toBeLessThanOrEqual(Date.now());
  });

  test('begins where it is told to, and stands still', () => {
    const { nowMs, preciseMs } = bind(open({ startMs: START, rate: 0 }));
    expect([nowMs(), preciseMs()]).toEqual([START, START]);
  });

  test('advance() runs what falls due in order, each at its own time, and what that orders in turn', async () => {
    const { nowMs, later, advance } = bind(open({ startMs: START, rate: 0 }));
    const ran: [string, number][] = [];
    const note = (what: string) => void ran.push([what, nowMs() - START]);
    later(() => note('third'), 3_000);
    later(() => {
      note('first');
      later(() => note('second'), 500);
      later(() => note('too late'), 90_000);
    }, 1_000);
    later(() => note('never'), 2_000)();
    await advance(60_000);
    expect(ran).toEqual([
      ['first', 1_000],
      ['second', 1_500],
      ['third', 3_000],
    ]);
    expect(nowMs() - START).toBe(60_000);
  });

  test('advance() waits for what an action began before it goes on', async () => {
    const own = open({ startMs: START, rate: 0 });
    const ran: string[] = [];
    let work = Promise.resolve();
    own.settleWith(() => work);
    own.later(() => {
      work = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        ran.push('work of the first');
        own.later(() => ran.push('repeat of the first'), 10);
      });
    }, 1);
    own.later(() => ran.push('second'), 100);
    await own.advance(100);
    expect(ran).toEqual(['work of the first', 'repeat of the first', 'second']);
  });

  test('advances one after the other, however many are asked for at once', async () => {
    const { nowMs, later, advance, set } = bind(open({ startMs: START, rate: 0 }));
    const ran: number[] = [];
    for (const ms of [10, 20, 30]) later(() => void ran.push(nowMs() - START), ms);
    await Promise.all([advance(15), advance(10), set(START + 40)]);
    expect([ran, nowMs() - START]).toEqual([[10, 20, 30], 40]);
  });

  test('set() never goes back', async () => {
    const { nowMs, set } = bind(open({ startMs: START, rate: 0 }));
    await expect(set(START - 1)).rejects.toThrow(RangeError);
    expect(nowMs()).toBe(START);
  });

  test.each([-1, NaN, Infinity])('advance(%d) is refused and changes nothing', async (ms) => {
    const { nowMs, later, advance } = bind(open({ startMs: START, rate: 0 }));
    const ran: number[] = [];
    later(() => void ran.push(nowMs() - START), 10);
    await expect(advance(ms)).rejects.toThrow(RangeError);
    await advance(10);
    expect([ran, nowMs() - START]).toEqual([[10], 10]);
  });

  test('an action that throws takes none of those with it that are due at the same time', async () => {
    const { later, advance, own } = bind(open({ startMs: START, rate: 0 }));
    const ran: string[] = [];
    later(() => void ran.push('before'), 5);
    later(() => {
      throw new Error('broken');
    }, 5);
    later(() => void ran.push('behind'), 5);
    await expect(advance(10)).rejects.toThrow('broken');
    await advance(0);
    expect([ran, own.waiting]).toEqual([['before', 'behind'], 0]);
  });

  test('advance() takes thousands that are due, in order, at one time and at many', async () => {
    const { nowMs, later, advance } = bind(open({ startMs: START, rate: 0 }));
    const ran: number[] = [];
    const dues = Array.from({ length: 20_000 }, (_, n) => (n * 7_919) % 5_000);
    for (const due of dues) later(() => void ran.push(nowMs() - START), due);
    await advance(5_000);
    expect(ran).toEqual(dues.toSorted((one, other) => one - other));
  });

  test('goes on from where it is after an action that throws', async () => {
    const { nowMs, later, advance } = bind(open({ startMs: START, rate: 0 }));
    later(() => {
      throw new Error('broken');
    }, 5);
    await expect(advance(10)).rejects.toThrow('broken');
    await advance(10);
    expect(nowMs() - START).toBe(20);
  });

  test('run() makes it stand still, go on, and go faster', async () => {
    const { nowMs, later, run, own } = bind(open({ startMs: START }));
    run(0);
    const stood = nowMs();
    const day = new Promise<void>((resolve) => void later(resolve, 86_400_000));
    expect([nowMs(), own.waiting]).toEqual([stood, 1]);
    run(86_400_000);
    await day;
    expect(nowMs() - stood).toBeGreaterThanOrEqual(86_400_000);
    expect(own.waiting).toBe(0);
  });

  test('a running clock that was advanced goes on running from there', async () => {
    const { nowMs, later, advance } = bind(open());
    const before = nowMs();
    await advance(3_600_000);
    await new Promise<void>((resolve) => void later(resolve, 15));
    expect(nowMs() - before).toBeGreaterThanOrEqual(3_600_014);
    expect(nowMs() - before).toBeLessThan(3_630_000);
  });
});

function bind(own: Clock) {
  return {
    own,
    nowMs: () => own.nowMs(),
    preciseMs: () => own.preciseMs(),
    later: (action: () => void, ms: number) => own.later(action, ms),
    advance: (ms: number) => own.advance(ms),
    set: (ms: number) => own.set(ms),
    run: (rate: number) => own.run(rate),
  };
}
