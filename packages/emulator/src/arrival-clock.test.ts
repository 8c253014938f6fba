import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Arrival, createArrivalClock, trackArrivals } from './arrival-clock.ts';
import { createRunDelay } from './run-delay.ts';

interface Round {
  /** Milliseconds after the round before, in which nothing is to do. */
  gapMs: number;
  /** How late the loop runs after it could have, for want of a processor. */
  delayMs: number;
  /** Work on something else: timers before requests are looked at, and what was noticed with them after. */
  timersMs: number;
  workMs: number;
  /** For how long of that another process had the processor. */
  preemptedMs: number;
  /** When requests come, as milliseconds after the round began. */
  requests: number[];
}

/** An event loop on a clock of its own: what is noticed in which round, and what the tracker says of it. */
function simulate(rounds: readonly Round[]): { cameMs: number; arrival: Arrival }[] {
  const [clock, said] = [
    { ms: 0, idleMs: 0, delayedMs: 0 },
    new Array<{ cameMs: number; arrival: Arrival }>(),
  ];
  let afterRound = () => {};
  let waiting: number[] = [];
  const tracker = trackArrivals({
    nowMs: () => clock.ms,
    idleMs: () => clock.idleMs,
    delayedMs: () => clock.delayedMs,
    afterRound: (mark) => (afterRound = mark),
  });
  for (const { gapMs, delayMs, timersMs, workMs, preemptedMs, requests } of rounds) {
    waiting.push(...requests.map((afterMs) => clock.ms + afterMs));
    waiting.sort((one, other) => one - other);
    clock.ms += timersMs;
    // The loop rests until something comes; then it is its turn when there is a processor.
    const wakeMs = Math.max(clock.ms, Math.min(clock.ms + gapMs, waiting[0] ?? Infinity));
    clock.idleMs += wakeMs - clock.ms + delayMs;
    clock.delayedMs += delayMs;
    clock.ms = wakeMs + delayMs;
    const noticed = waiting.filter((cameMs) => cameMs <= clock.ms);
    waiting = waiting.filter((cameMs) => cameMs > clock.ms);
    for (const cameMs of noticed) said.push({ cameMs, arrival: tracker.read() });
    clock.ms += workMs + preemptedMs;
    clock.delayedMs += preemptedMs;
    afterRound();
    afterRound = () => {};
  }
  return said;
}

const round = fc.record({
  gapMs: fc.integer({ min: 0, max: 50 }),
  delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 })),
  timersMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  workMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  preemptedMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 })),
  requests: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 3 }),
});

describe('trackArrivals()', () => {
  test('says of every request two times between which it came, in order', () => {
    fc.assert(
      fc.property(fc.array(round, { maxLength: 40 }), (rounds) => {
        let lastMs = -Infinity;
        for (const { cameMs, arrival } of simulate(rounds)) {
          expect(arrival.earliestMs).toBeLessThanOrEqual(cameMs);
          expect(arrival.arrivedMs).toBeGreaterThanOrEqual(cameMs);
          expect(arrival.earliestMs).toBeGreaterThanOrEqual(lastMs);
          lastMs = arrival.earliestMs;
        }
      }),
    );
  });

  const QUIET = { gapMs: 50, delayMs: 0, timersMs: 0, workMs: 0, preemptedMs: 0, requests: [10] };

  test('is exact while the loop has nothing else to do', () => {
    const said = simulate(Array.from({ length: 20 }, () => QUIET));
    expect(said.map(({ cameMs }) => cameMs)).toEqual(said.map((_, n) => 10 * (n + 1)));
    for (const { cameMs, arrival } of said) {
      expect(arrival).toEqual({ arrivedMs: cameMs, earliestMs: cameMs });
    }
  });

  test('says that a request may have come any time in a long pause, and soon is exact again', () => {
    const rounds = [QUIET, { ...QUIET, workMs: 300 }, { ...QUIET, requests: [] }, QUIET, QUIET, QUIET];
    const blurs = simulate(rounds).map(({ arrival }) => arrival.arrivedMs - arrival.earliestMs);
    expect(blurs).toEqual([0, 0, 300, 0, 0]);
  });

  test('sets no mark while connections wait in line, whose requests have waited with them', () => {
    let ms = 0;
    let afterRound = () => {};
    const tracker = trackArrivals({
      nowMs: () => ms,
      idleMs: () => 0,
      delayedMs: () => 0,
      afterRound: (mark) => (afterRound = mark),
    });
    ms = 200;
    for (let n = 0; n < 5; n += 1) {
      tracker.noteConnection();
      tracker.read();
      afterRound();
      ms += 1;
    }
    expect(tracker.read()).toEqual({ arrivedMs: 205, earliestMs: 0 });
  });
});

describe('createArrivalClock()', () => {
  test('tells what waited while the loop was blocked from what did not', async () => {
    const clock = createArrivalClock();
    const tick = () => new Promise((resolve) => setTimeout(resolve, 5));
    const look = async () => {
      await tick();
      return clock.read();
    };
    for (let n = 0; n < 5; n += 1) await look();
    const blocked = look();
    const begin = performance.now();
    while (performance.now() - begin < 100);
    const { arrivedMs, earliestMs } = await blocked;
    expect(arrivedMs - earliestMs).toBeGreaterThanOrEqual(99);
    clock.close();
  });
});

describe('createRunDelay()', () => {
  test('grows, or is none where the system does not tell', () => {
    const delay = createRunDelay();
    const first = delay.readMs();
    expect(delay.readMs()).toBeGreaterThanOrEqual(first);
    delay.close();
    expect(createRunDelay('/nowhere').readMs()).toBe(0);
  });
});
