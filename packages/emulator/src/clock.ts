import { performance } from 'node:perf_hooks';
import { type DueQueue, createDueQueue } from './due-queue.ts';

/** Takes back what `later` ordered; does nothing once it has run. */
export type Cancel = () => void;

/**
 * The one time of an emulator. Everything that it writes, counts or waits for goes by it: receipts, windows, tiers,
 * repeats, the life of ids. Only sockets keep to the machine's time: for how long a POST may go unanswered, and how
 * slow an answer is that was ordered to be slow.
 */
export interface Clock {
  /** Unix milliseconds, whole. */
  nowMs(): number;
  /** Unix milliseconds with fraction; never runs backwards. */
  preciseMs(): number;
  /** Runs `action` when so much of this time has gone by. */
  later(action: () => void, ms: number): Cancel;
  /** Goes on by so much at once, 0 or more. What falls due on the way runs in order, each at its own time; resolves when all has. */
  advance(ms: number): Promise<void>;
  /** Goes on to a time; rejects with a RangeError when that is over. */
  set(ms: number): Promise<void>;
  /** How fast it runs: 1 as the machine does, 0 not at all. */
  run(rate: number): void;
  readonly rate: number;
  /** How many actions wait. */
  readonly waiting: number;
  /** Names work that follows actions (webhooks under way); `advance` waits for it before it goes on. */
  settleWith(settled: () => Promise<void>): void;
  /** Forgets all that waits. */
  close(): void;
}

export interface ClockOptions {
  /** Unix milliseconds to begin with; the machine's time when left out. */
  startMs?: number | undefined;
  rate?: number | undefined;
}

export function createClock(options: ClockOptions = {}): Clock {
  return new EmulatorClock(options);
}

// What setTimeout takes at most is 24.8 days.
const TIMER_MAX_MS = 86_400_000;

/** A moment of this clock, with the machine's two times of the same moment. */
interface Anchor {
  ms: number;
  machineMs: number;
  preciseMs: number;
}

class EmulatorClock implements Clock {
  readonly #due: DueQueue = createDueQueue();
  readonly #settles: (() => Promise<void>)[] = [];
  #anchor: Anchor;
  #rate: number;
  #timer: NodeJS.Timeout | undefined;
  #timerDueMs = Infinity;
  #isAdvancing = false;
  #turn: Promise<void> = Promise.resolve();

  constructor({ startMs, rate = 1 }: ClockOptions) {
    this.#anchor = anchorAt(startMs ?? Date.now());
    this.#rate = rate;
  }

  get rate(): number {
    return this.#rate;
  }

  get waiting(): number {
    return this.#due.size;
  }

  nowMs(): number {
    if (this.#isHeld) return Math.floor(this.#anchor.ms);
    return Math.floor(this.#anchor.ms + (Date.now() - this.#anchor.machineMs) * this.#rate);
  }

  preciseMs(): number {
    if (this.#isHeld) return this.#anchor.ms;
    return this.#anchor.ms + (machinePreciseMs() - this.#anchor.preciseMs) * this.#rate;
  }

  later(action: () => void, ms: number): Cancel {
    const cancel = this.#due.add(this.preciseMs() + Math.max(0, ms), action);
    this.#arm();
    return cancel;
  }

  advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) {
      return Promise.reject(
        new RangeError(`Cannot advance the clock by ${ms}: give milliseconds, 0 or more`),
      );
    }
    return this.#inTurn(() => this.#goTo(this.preciseMs() + ms));
  }

  set(ms: number): Promise<void> {
    return this.#inTurn(() => {
      if (ms < this.nowMs()) throw new RangeError('the clock never runs backwards');
      return this.#goTo(ms);
    });
  }

  run(rate: number): void {
    this.#anchor = anchorAt(this.preciseMs());
    this.#rate = rate;
    this.#rearm();
  }

  settleWith(settled: () => Promise<void>): void {
    this.#settles.push(settled);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#due.clear();
  }

  get #isHeld(): boolean {
    return this.#isAdvancing || this.#rate === 0;
  }

  // One after the other: two that go on at once would run what is due twice as far apart as it is.
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #goTo(targetMs: number): Promise<void> {
    this.#anchor = anchorAt(this.preciseMs());
    this.#isAdvancing = true;
    try {
      await this.#runUntil(targetMs);
    } finally {
      this.#anchor = anchorAt(Math.max(this.#anchor.ms, targetMs));
      this.#isAdvancing = false;
      this.#rearm();
    }
  }

  async #runUntil(targetMs: number): Promise<void> {
    await this.#settle();
    for (let next = this.#due.nextMs; next <= targetMs; next = this.#due.nextMs) {
      this.#anchor = anchorAt(Math.max(this.#anchor.ms, next));
      this.#runDue(next);
      await this.#settle();
    }
  }

  /** All of them, also when one throws. */
  #runDue(untilMs: number): void {
    const actions = this.#due.takeUntil(untilMs);
    const errors = actions.flatMap((action) => errorsOf(action));
    if (errors.length > 0) throw errors[0];
  }

  async #settle(): Promise<void> {
    for (const settled of this.#settles) await settled();
  }

  #rearm(): void {
    this.#timerDueMs = NaN;
    this.#arm();
  }

  #arm(): void {
    const dueMs = this.#isHeld ? Infinity : this.#due.nextMs;
    if (dueMs === this.#timerDueMs) return;
    clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    if (dueMs === Infinity) return;
    const waitMs = Math.ceil((dueMs - this.preciseMs()) / this.#rate);
    this.#timer = setTimeout(() => this.#wake(), Math.min(TIMER_MAX_MS, Math.max(0, waitMs))).unref();
  }

  #wake(): void {
    this.#timerDueMs = Infinity;
    if (!this.#isHeld) this.#runDue(this.preciseMs());
    this.#arm();
  }
}

function errorsOf(action: () => void): unknown[] {
  try {
    action();
    return [];
  } catch (error) {
    return [error];
  }
}

function anchorAt(ms: number): Anchor {
  return { ms, machineMs: Date.now(), preciseMs: machinePreciseMs() };
}

function machinePreciseMs(): number {
  return performance.timeOrigin + performance.now();
}
