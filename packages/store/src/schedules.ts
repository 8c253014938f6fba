import { hash } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { type Keys, shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

// An occurrence is a time at which a schedule has something to say to everybody who has its tag. Its steps, each safe with
// any number of runners: the first one is planned; when its time has come it begins, and the one after it is known; then
// its audience is fed, a part at a time (feed-schedule.ts), until the last one is reached.

// A morning's greeting in the afternoon is worse than none.
const LATE_S = 3_600;
// One that could not be finished in this time is given up: its flow may be gone.
const RUN_S = 86_400;
// A schedule that nobody asks for any more is forgotten this long after its next occurrence.
const KEEP_S = 7 * 86_400;

/** A schedule of a team: who is it for. */
export interface ScheduleRef {
  tenant: string;
  team: string;
  /** As the flows name it: another time or tag is another schedule. */
  id: string;
  tag: string;
}

/** Where schedules stand, by Redis's clock. Times are Unix seconds. */
export interface SchedulesDue<T extends ScheduleRef> {
  nowS: number;
  /** Occurrences whose time has come: `startOccurrence`. */
  due: { schedule: T; occurrence: number }[];
  /** Occurrences that have begun: `feedSchedule`. */
  running: { schedule: T; occurrence: number }[];
}

/**
 * `started`: to be fed now, perhaps by others too. `skipped`: more than an hour late, nobody hears of it. `running`: the one before
 * is not over yet. `no`: its time has not come, or another runner was first. `gaveUp`: the one before, which had run for a day.
 */
export type Started = { kind: 'started' | 'skipped'; gaveUp?: number } | { kind: 'running' } | { kind: 'no' };

const ReadReply = z.tuple([z.number()]).rest(z.string());
const StartReply = z.union([
  z.tuple([z.enum(['started', 'skipped']), z.string()]),
  z.tuple([z.enum(['running', 'no'])]),
]);
const planScript = loadScript('plan-schedule');
const readScript = loadScript('read-schedules');
const startScript = loadScript('start-occurrence');

/** Says when a schedule begins to hold. One that is known goes on as it is: false. Costs little, so it may be said again. */
export async function planSchedule(
  client: RedisClient,
  shard: number,
  schedule: ScheduleRef,
  next: number,
): Promise<boolean> {
  return (await planScript.run(client, [scheduleKey(shardKeys(shard), schedule)], [next, KEEP_S])) === 1;
}

/** Which of the schedules, all of one shard, somebody has to work at now. */
export async function dueSchedules<T extends ScheduleRef>(
  client: RedisClient,
  shard: number,
  schedules: readonly T[],
): Promise<SchedulesDue<T>> {
  const keyList = schedules.map((schedule) => scheduleKey(shardKeys(shard), schedule));
  const [nowMs, ...times] = ReadReply.parse(await readScript.run(client, keyList, []));
  const nowS = Math.floor(nowMs / 1_000);
  const result: SchedulesDue<T> = { nowS, due: [], running: [] };
  schedules.forEach((schedule, index) => {
    const [next = '', running = ''] = times.slice(2 * index, 2 * index + 2);
    if (next !== '' && Number(next) <= nowS) result.due.push({ schedule, occurrence: Number(next) });
    if (running !== '' && nowS - Number(running) < RUN_S)
      result.running.push({ schedule, occurrence: Number(running) });
  });
  return result;
}

/** Begins an occurrence that is due. `following` is the first one after it and after now; undefined when there is none. */
export async function startOccurrence(
  client: RedisClient,
  shard: number,
  schedule: ScheduleRef,
  { occurrence, following }: { occurrence: number; following: number | undefined },
): Promise<Started> {
  if (following !== undefined && following <= occurrence)
    throw new RangeError('Cannot start an occurrence: the following one is not after it');
  const keyList = [scheduleKey(shardKeys(shard), schedule)];
  const args = [occurrence, following ?? '', LATE_S, RUN_S, KEEP_S];
  const [kind, gaveUp] = StartReply.parse(await startScript.run(client, keyList, args));
  if (kind === 'running' || kind === 'no') return { kind };
  return gaveUp === undefined || gaveUp === '' ? { kind } : { kind, gaveUp: Number(gaveUp) };
}

/** The key of where a schedule stands. */
export function scheduleKey(keys: Keys, { tenant, team, id }: ScheduleRef): string {
  return keys.schedule(hash('schedule', tenant, team, id));
}
