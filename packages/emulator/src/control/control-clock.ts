import { readAs } from '@alur/types';
import { type Response, type Router } from 'express';
import { z } from 'zod';
import { type Clock } from '../clock.ts';
import { type ChatLog } from './chat-log.ts';
import { invalid } from './control-order.ts';

const DAYS_MAX = 3_660;
// Dates go no further: the end of the year 9999.
const NOW_MAX = 253_402_300_799_999;

const ClockOrder = z
  .strictObject({
    /** Goes on by so much at once. */
    advanceMs: z
      .number()
      .int()
      .nonnegative()
      .max(DAYS_MAX * 86_400_000)
      .optional(),
    /** Goes on to this time, Unix milliseconds. */
    now: z.number().int().nonnegative().max(NOW_MAX).optional(),
    /** How many times as fast as the machine. */
    rate: z.number().positive().max(100_000).optional(),
    stopped: z.boolean().optional(),
  })
  .refine((order) => Object.values(order).some((value) => value !== undefined), {
    error: 'give advanceMs, now, rate or stopped',
  })
  .refine(({ advanceMs, now }) => advanceMs === undefined || now === undefined, {
    error: 'give advanceMs or now, not both',
  });

/** Reads and turns the emulator's clock; what falls due on the way has happened when the answer comes. */
export function addClock(router: Router, { clock, chat }: { clock: Clock; chat: ChatLog }): void {
  router.get('/clock', (_request, response) => {
    response.json(describe(clock));
  });
  router.post('/clock', async (request, response) => {
    const order = readAs(ClockOrder, request.body);
    if (!order.success) return invalid(response, order.error);
    const { advanceMs, now, rate, stopped } = order.data;
    if (now !== undefined && now < clock.nowMs()) return tooLate(response, clock);
    if (stopped === true) clock.run(0);
    else if (rate !== undefined) clock.run(rate);
    else if (stopped === false) clock.run(clock.rate === 0 ? 1 : clock.rate);
    if (advanceMs !== undefined) await clock.advance(advanceMs);
    // Another order may have been before this one.
    if (now !== undefined && !(await isSet(clock, now))) return tooLate(response, clock);
    chat.add({ type: 'clock', now: clock.nowMs() });
    response.json(describe(clock));
  });
}

/** False when that time is over. */
async function isSet(clock: Clock, now: number): Promise<boolean> {
  try {
    await clock.set(now);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function tooLate(response: Response, clock: Clock): void {
  response.status(400).json({
    error: `Cannot set the clock: it never runs backwards, and it is ${clock.nowMs()}`,
  });
}

function describe(clock: Clock): object {
  const now = clock.nowMs();
  const { rate, waiting } = clock;
  return { now, iso: new Date(now).toISOString(), rate, stopped: rate === 0, waiting };
}
