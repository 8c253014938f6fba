import { describe, expect, test } from '@jest/globals';
import { scheduleKey, dueSchedules, planSchedule, startOccurrence, type ScheduleRef } from './schedules.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const weekly: ScheduleRef = { tenant: 'default', team: 'default', id: 'a', tag: 'weekly' };
const other: ScheduleRef = { ...weekly, id: 'b' };
const HOUR = 3_600;
const nowS = () => Math.floor(store.clock.nowMs / 1_000);
const pass = (seconds: number) => {
  store.clock.nowMs += seconds * 1_000;
};
const plan = (schedule: ScheduleRef, next: number) => planSchedule(store.client, 0, schedule, next);
const due = () => dueSchedules(store.client, 0, [weekly, other]);
const start = (occurrence: number, following: number | undefined = occurrence + 24 * HOUR) =>
  startOccurrence(store.client, 0, weekly, { occurrence, following });
const stands = () => store.real.hgetall(scheduleKey(store.keys, weekly));

describe('planSchedule()', () => {
  test('plans a schedule once: what is known stays, also when it is due', async () => {
    const next = nowS() + 60;
    expect(await plan(weekly, next)).toBe(true);
    pass(61);
    expect(await plan(weekly, next + HOUR)).toBe(false);
    expect((await due()).due).toEqual([{ schedule: weekly, occurrence: next }]);
  });

  test('keeps teams apart, and forgets a schedule that nobody asks for any more', async () => {
    await plan(weekly, nowS() + 60);
    await plan({ ...weekly, team: 'second' }, nowS() + 120);
    expect(await store.real.keys('{s0}:schedule:*')).toHaveLength(2);
    expect(await store.real.ttl(scheduleKey(store.keys, weekly))).toBeGreaterThan(6 * 86_400);
  });
});

describe('dueSchedules()', () => {
  test('tells which occurrences have come and which run, by the clock of Redis', async () => {
    const next = nowS() + 60;
    await plan(weekly, next);
    await plan(other, next + HOUR);
    expect(await due()).toEqual({ nowS: nowS(), due: [], running: [] });
    pass(60);
    expect((await due()).due).toEqual([{ schedule: weekly, occurrence: next }]);
    await start(next);
    expect(await due()).toEqual({
      nowS: nowS(),
      due: [],
      running: [{ schedule: weekly, occurrence: next }],
    });
    expect(await dueSchedules(store.client, 0, [])).toMatchObject({ due: [], running: [] });
  });
});

describe('startOccurrence()', () => {
  test('begins an occurrence once with any number of runners', async () => {
    const next = nowS() + 60;
    await plan(weekly, next);
    expect(await start(next)).toEqual({ kind: 'no' });
    pass(60);
    const results = await Promise.all([start(next), start(next), start(next)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['no', 'no', 'started']);
    expect(await stands()).toEqual({ next: String(next + 24 * HOUR), running: String(next), cursor: '' });
  });

  test('passes over an occurrence that is more than an hour late', async () => {
    const next = nowS();
    await plan(weekly, next);
    pass(HOUR + 1);
    expect(await start(next, nowS() + 60)).toEqual({ kind: 'skipped' });
    expect(await stands()).toEqual({ next: String(nowS() + 60) });
    expect(await start(next, nowS() + 60)).toEqual({ kind: 'no' });
  });

  test('waits for the one before, and gives it up after a day', async () => {
    const next = nowS();
    await plan(weekly, next);
    await start(next, next + HOUR);
    pass(HOUR);
    expect(await start(next + HOUR)).toEqual({ kind: 'running' });
    pass(23 * HOUR);
    expect((await due()).running).toEqual([]);
    expect(await start(next + HOUR, nowS() + 60)).toEqual({ kind: 'skipped', gaveUp: next });
    expect(await stands()).toEqual({ next: String(nowS() + 60) });
  });

  test('ends a schedule that has no occurrence any more', async () => {
    const next = nowS();
    await plan(weekly, next);
    const options = { occurrence: next, following: undefined };
    expect(await startOccurrence(store.client, 0, weekly, options)).toEqual({ kind: 'started' });
    expect(await stands()).toEqual({ running: String(next), cursor: '' });
    expect(await store.real.ttl(scheduleKey(store.keys, weekly))).toBeGreaterThan(0);
  });

  test('refuses a following occurrence that is not later', async () => {
    await expect(start(100, 100)).rejects.toThrow('Cannot start an occurrence');
  });
});
