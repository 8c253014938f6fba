import { ConversationId, EventId, hash, NumberId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { figure } from '../../../test/support/figure.ts';
import { findConversation } from './conversation.ts';
import {
  feedSchedule,
  givePart,
  moveCursor,
  readAudience,
  trimAudience,
  type Feed,
} from './feed-schedule.ts';
import { aliasesOf, memberOf, taggedKey } from './keys.ts';
import { planSchedule, scheduleKey, startOccurrence, type ScheduleRef } from './schedules.ts';
import { numberOf } from './testing/said.ts';
import { takingTurns } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const { intake, ready } = takingTurns(store, 'client');
const schedule: ScheduleRef = { tenant: 'default', team: 'default', id: 'a', tag: 'weekly' };
const number = numberOf().id;
const nowS = () => Math.floor(store.clock.nowMs / 1_000);
const index = taggedKey(store.keys, 'default', 'default', 'weekly');
const cidAt = (position: number) => ConversationId.parse(hash('c', position));
const inboxes = async () => {
  const lengths = await Promise.all(
    (await store.real.keys('{s0}:inbox:*')).map((key) => store.real.llen(key)),
  );
  return { contacts: lengths.length, events: lengths.reduce((sum, length) => sum + length, 0) };
};

/** Contacts with the tag, as turns would leave them. */
async function audience(size: number, from = 0): Promise<void> {
  const pipeline = store.real.pipeline();
  for (let position = from; position < from + size; position += 1) {
    const cid = cidAt(position);
    const waId = String(628_000_000_000 + position);
    const contact = JSON.stringify({ waId, name: `n${position}`, tags: ['x', 'weekly'] });
    pipeline.hset(store.keys.conversation(cid), { version: 1, contact, session: '{"state":{}}', last: 5 });
    for (const alias of aliasesOf(number, { waId })) pipeline.set(store.keys.alias(alias), cid);
    pipeline.zadd(index, 0, memberOf(cid, number));
  }
  await pipeline.exec();
}

/** A feed of an occurrence that begins now; each runner has its own. */
async function begin(): Promise<(over?: Partial<Feed>) => Feed> {
  const occurrence = nowS();
  await planSchedule(store.client, 0, schedule, occurrence);
  await startOccurrence(store.client, 0, schedule, { occurrence, following: occurrence + 86_400 });
  return (over = {}) => ({
    client: store.client,
    shard: 0,
    intake: intake(),
    schedule,
    occurrence,
    limit: 1_000,
    toEvent: (member) => ({
      kind: 'schedule',
      evt: member.evt,
      tenant: 'default',
      team: 'default',
      number: member.number,
      at: nowS(),
      receivedAtMs: store.clock.nowMs,
      from: member.from,
      schedule: schedule.id,
    }),
    ...over,
  });
}

describe('feedSchedule()', () => {
  test('gives each contact who has the tag one event, in the conversation that he has', async () => {
    await audience(3);
    const feed = await begin();
    expect(await feedSchedule(feed())).toEqual({ fed: 3, gone: 0, over: true });
    const [item = ''] = await store.real.lrange(store.keys.inbox(cidAt(1)), 0, -1);
    expect(JSON.parse(item.slice(32))).toMatchObject({
      kind: 'schedule',
      schedule: 'a',
      from: { waId: '628000000001', name: 'n1' },
    });
    expect(await inboxes()).toEqual({ contacts: 3, events: 3 });
    expect(await feedSchedule(feed())).toEqual({ fed: 0, gone: 0, over: true });
    expect(await store.real.hget(scheduleKey(store.keys, schedule), 'running')).toBeNull();
  });

  test('goes on from where the cursor stands, to the end of the audience', async () => {
    await audience(250);
    const feed = await begin();
    expect(await feedSchedule(feed({ limit: 100 }))).toEqual({ fed: 100, gone: 0, over: false });
    expect(await feedSchedule(feed({ limit: 120 }))).toEqual({ fed: 120, gone: 0, over: false });
    expect(await feedSchedule(feed())).toEqual({ fed: 30, gone: 0, over: true });
    expect(await inboxes()).toEqual({ contacts: 250, events: 250 });
  });

  test('ends an occurrence of nobody, and one whose audience fills its last part', async () => {
    const feed = await begin();
    expect(await feedSchedule(feed())).toEqual({ fed: 0, gone: 0, over: true });
    await audience(100);
    store.clock.nowMs += 86_400_000;
    const occurrence = nowS();
    await startOccurrence(store.client, 0, schedule, { occurrence, following: occurrence + 60 });
    expect(await feedSchedule(feed({ occurrence }))).toEqual({ fed: 100, gone: 0, over: true });
  });

  test('gives nothing twice when a runner dies between the events and the cursor', async () => {
    await audience(150);
    const feed = await begin();
    const part = await readAudience(feed(), 100);
    if (!part) throw new Error('nothing runs');
    expect(await givePart(feed(), part)).toBe(100);
    // It dies here. The next one comes a day later by the calendar.
    store.clock.nowMs += 3_600_000 * 20;
    expect(await feedSchedule(feed())).toEqual({ fed: 50, gone: 0, over: true });
    expect(await inboxes()).toEqual({ contacts: 150, events: 150 });
  });

  test('moves the cursor from where the runner began only', async () => {
    await audience(150);
    const feed = await begin();
    const part = await readAudience(feed(), 100);
    if (!part) throw new Error('nothing runs');
    expect(await moveCursor(feed({ occurrence: 5 }), part)).toBe(false);
    expect(await moveCursor(feed(), part)).toBe(true);
    expect(await moveCursor(feed(), part)).toBe(false);
    expect((await readAudience(feed(), 100))?.members).toHaveLength(50);
  });

  test('gives each contact one event with several runners at once', async () => {
    await audience(2_000);
    const feed = await begin();
    const startedAt = performance.now();
    const results = await Promise.all([1, 2, 3].map(() => feedSchedule(feed({ limit: 10_000 }))));
    figure(`2,000 contacts fed by three runners: ${Math.round(performance.now() - startedAt)} ms`);
    expect(results.reduce((sum, { fed }) => sum + fed, 0)).toBe(2_000);
    expect(results.some(({ over }) => over)).toBe(true);
    expect(await feedSchedule(feed())).toMatchObject({ fed: 0, over: true });
    expect(await inboxes()).toEqual({ contacts: 2_000, events: 2_000 });
    expect(await ready()).toBe(2_000);
  });

  test('feeds a large audience', async () => {
    await audience(3_000);
    const feed = await begin();
    const startedAt = performance.now();
    expect(await feedSchedule(feed({ limit: 20_000 }))).toEqual({ fed: 3_000, gone: 0, over: true });
    figure(`3,000 contacts fed by one runner: ${Math.round(performance.now() - startedAt)} ms`);
  });

  test('gives the next occurrence to everybody again', async () => {
    await audience(2);
    const feed = await begin();
    await feedSchedule(feed());
    store.clock.nowMs += 86_400_000;
    const occurrence = nowS();
    await startOccurrence(store.client, 0, schedule, { occurrence, following: occurrence + 86_400 });
    expect(await feedSchedule(feed({ occurrence }))).toEqual({ fed: 2, gone: 0, over: true });
    expect(await inboxes()).toEqual({ contacts: 2, events: 4 });
  });

  test('takes forgotten conversations, and those without the tag, out of the index', async () => {
    await audience(4);
    await store.real.del(store.keys.conversation(cidAt(0)));
    await store.real.hset(store.keys.conversation(cidAt(1)), 'contact', '{"waId":"1","tags":[]}');
    await store.real.hset(store.keys.conversation(cidAt(2)), 'contact', '{"tags":["weekly"]}');
    const feed = await begin();
    expect(await feedSchedule(feed())).toEqual({ fed: 1, gone: 2, over: true });
    expect(await store.real.zcard(index)).toBe(2);
  });

  test('leaves a contact in the index who got the tag again meanwhile', async () => {
    await audience(1);
    await store.real.hset(store.keys.conversation(cidAt(0)), 'contact', '{"waId":"1","tags":[]}');
    const feed = (await begin())();
    const part = await readAudience(feed, 100);
    await audience(1);
    expect(part && (await trimAudience(feed, part))).toBe(0);
    expect(await store.real.zcard(index)).toBe(1);
  });

  test('passes over a contact that its caller has no event for, and one who has a newer conversation', async () => {
    await audience(3);
    const newer = ConversationId.parse(hash('newer'));
    for (const alias of aliasesOf(number, { waId: '628000000001' }))
      await store.real.set(store.keys.alias(alias), newer);
    const feed = await begin();
    const { toEvent } = feed();
    const without = (member: Parameters<typeof toEvent>[0]) =>
      member.cid === cidAt(2) ? undefined : toEvent(member);
    expect(await feedSchedule(feed({ toEvent: without }))).toEqual({ fed: 1, gone: 0, over: true });
  });

  test('leads the names of a contact to the conversation again when they are forgotten before it', async () => {
    await audience(1);
    for (const alias of aliasesOf(number, { waId: '628000000000' }))
      await store.real.del(store.keys.alias(alias));
    const feed = await begin();
    await feedSchedule(feed());
    expect(await findConversation(store.real, 0, number, { waId: '628000000000' })).toBe(cidAt(0));
    expect(await store.real.llen(store.keys.inbox(cidAt(0)))).toBe(1);
  });

  test('keeps numbers apart, and the order with what the contact wrote', async () => {
    await audience(1);
    await intake().accept([textEvent({ wamid: 'w1', waId: '628000000000', at: nowS() })]);
    const feed = await begin();
    const toEvent: Feed['toEvent'] = (member) => {
      expect(member).toMatchObject({ number: NumberId.parse(number), evt: expect.any(String) });
      return feed().toEvent({ ...member, evt: EventId.parse('0'.repeat(32)) });
    };
    await feedSchedule(feed({ toEvent }));
    const items = await store.real.lrange(store.keys.inbox(cidAt(0)), 0, -1);
    expect(items.map((item) => JSON.parse(item.slice(32)).kind)).toEqual(['text', 'schedule']);
    expect(items[1]?.slice(0, 32)).not.toBe('0'.repeat(32));
  });
});
