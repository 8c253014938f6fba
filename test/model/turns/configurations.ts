import type { TurnsConfiguration } from './configuration.ts';

const ASKS = { in: 'c1', does: 'asks' } as const;
const ENDS = { in: 'c1', does: 'ends' } as const;
const BESIDE = { in: 'c1', does: 'beside' } as const;
const PLAIN = { runners: 2, looks: 1, mishaps: [], most: 0 } as const;

/** Small enough to be explored to the end each time. */
export const TURNS_CONFIGURATIONS = {
  waits: {
    ...PLAIN,
    name: 'a wait, its answer and its timer; runners die, stop and hear nothing',
    messages: [ASKS, ENDS],
    mishaps: ['runner dies', 'runner stops', 'commit repeated', 'heard again'],
    most: 1,
  },
  again: {
    ...PLAIN,
    name: 'waits one after the other, and runs beside them; two look for timers',
    messages: [ASKS, BESIDE, ASKS],
    looks: 2,
    lateS: 10,
    asksAfterTimer: true,
  },
  calls: {
    ...PLAIN,
    name: 'two turns that call somebody first; a runner dies or stops',
    messages: [
      { ...ASKS, calls: true },
      { ...ENDS, calls: true },
    ],
    runners: 3,
    mishaps: ['runner dies', 'runner stops'],
    most: 1,
  },
  callers: {
    ...PLAIN,
    name: 'one turn that calls somebody first; two runners die or stop',
    messages: [{ ...ASKS, calls: true }],
    runners: 3,
    mishaps: ['runner dies', 'runner stops', 'commit repeated'],
    most: 2,
  },
  aside: {
    ...PLAIN,
    name: 'events that lose their runners are set aside',
    messages: [ASKS, BESIDE],
    lostMost: 1,
    mishaps: ['runner dies', 'runner stops'],
    most: 2,
  },
  conversations: {
    ...PLAIN,
    name: 'two conversations; a runner dies or stops',
    messages: [ASKS, { in: 'c2', does: 'asks' }],
    mishaps: ['runner dies', 'runner stops'],
    most: 1,
  },
} as const satisfies Record<string, TurnsConfiguration>;

/** Too large for every time: as far as there are states to spend. */
export const LONG_TURNS_CONFIGURATIONS = {
  anything: {
    name: 'one conversation; anything, three times',
    messages: [{ ...ASKS, calls: true }, BESIDE, ASKS, ENDS],
    runners: 3,
    looks: 2,
    lateS: 10,
    asksAfterTimer: true,
    mishaps: ['runner dies', 'runner stops', 'commit repeated', 'heard again'],
    most: 3,
  },
  aside: {
    name: 'one conversation; events that lose two runners are set aside',
    messages: [ASKS, { ...BESIDE, calls: true }, ENDS],
    runners: 3,
    looks: 1,
    lostMost: 2,
    mishaps: ['runner dies', 'runner stops', 'commit repeated'],
    most: 4,
  },
  conversations: {
    name: 'two conversations; runners die, stop and hear nothing, twice',
    messages: [ASKS, { in: 'c2', does: 'asks' }, BESIDE, { in: 'c2', does: 'ends' }],
    runners: 3,
    looks: 2,
    lateS: 10,
    asksAfterTimer: true,
    mishaps: ['runner dies', 'runner stops', 'commit repeated'],
    most: 2,
  },
} as const satisfies Record<string, TurnsConfiguration>;
