import { hash } from '@alur/types';
import { Cron } from 'croner';
import { type Schedule } from '../run/flow-set.ts';
import { type Trigger } from './trigger.ts';

type TimerTrigger = Extract<Trigger, { type: 'timer' }>;

/** What is wrong with a schedule: its key in the trigger, and why. */
export type ScheduleProblem = { key: 'cron' | 'timezone'; message: string; fix: string };

export function scheduleOf(
  flow: string,
  { cron, timezone = 'UTC', audience, target }: TimerTrigger,
): Schedule {
  const id = hash('schedule', flow, cron, timezone, audience.tag, target);
  return { id, flow, cron, timezone, tag: audience.tag };
}

export function scheduleProblem({ cron, timezone = 'UTC' }: TimerTrigger): ScheduleProblem | undefined {
  if (!isTimeZone(timezone)) {
    const fix = 'use a name of the IANA list, such as Asia/Jakarta';
    return { key: 'timezone', message: `There is no time zone "${timezone}"`, fix };
  }
  try {
    const next = new Cron(cron, { timezone, paused: true, mode: '5-part' }).nextRun(new Date(0));
    if (next) return undefined;
    return { key: 'cron', message: `"${cron}" names no time that ever comes`, fix: 'check day and month' };
  } catch {
    const fix = 'write minute, hour, day, month and weekday: "0 9 * * 1" is Mondays at nine';
    return { key: 'cron', message: `"${cron}" is no schedule of five fields`, fix };
  }
}

/** The first time of a schedule after another, both in Unix seconds. */
export function nextOccurrence(
  { cron, timezone }: Pick<Schedule, 'cron' | 'timezone'>,
  after: number,
): number | undefined {
  const next = new Cron(cron, { timezone, paused: true, mode: '5-part' }).nextRun(new Date(after * 1000));
  return next ? Math.floor(next.getTime() / 1000) : undefined;
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*)*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
