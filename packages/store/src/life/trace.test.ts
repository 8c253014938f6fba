import { ConversationId, EventId, hash, NumberId, type InboundEvent } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../../test/support/events.ts';
import type { Commit } from '../commit.ts';
import { enqueue } from '../enqueue.ts';
import { contactsKey } from '../keys.ts';
import { mergeConversations } from '../names/merge-conversations.ts';
import type { ReadyEntry } from '../ready.ts';
import { messageOf, numberOf, refOf } from '../testing/said.ts';
import { commitOf, replyTo, takingTurns, timerAt } from '../testing/taking-turns.ts';
import { useStore } from '../testing/use-store.ts';
import { fire } from '../timers.ts';
import { findNumberOf, readConversationLife } from './conversation-life.ts';
import { findEvent, findInbound } from './find-event.ts';
import { listContacts } from './list-contacts.ts';
import type { TraceEntry } from './trace-entry.ts';

const store = useStore();
const number = numberOf();
const { accept, first, loadedOf, reader, turns } = takingTurns(store, 'client');
const hear = (wamid: string, waId = '15550001') => accept(textEvent({ wamid, waId }));
const evtOf = (wamid: string) => textEvent({ wamid }).evt;

const noted = (evt: InboundEvent['evt'], more: Partial<TraceEntry> = {}): Commit['life'] => ({
  team: 'default',
  trace: {
    evt,
    kind: 'text',
    outcome: 'completed',
    at: 1_790_000_000,
    receivedAtMs: 1_790_000_000_123,
    flow: 'order',
    flows: hash('flows'),
    nodes: [],
    messages: [],
    emitted: [],
    ...more,
  },
});

/** Takes the head of the inbox through a turn that is noted. */
async function take(entry: ReadyEntry, more: Partial<TraceEntry> = {}, rest: Partial<Commit> = {}) {
  const loaded = await loadedOf(entry);
  const commit = commitOf(entry, loaded, { messages: [], ...rest });
  return turns().commit({ ...commit, life: noted(commit.evt, more) });
}

describe('what commit() notes of a turn', () => {
  test('is found by its event: what became of it, node by node', async () => {
    await hear('w1');
    const entry = await first();
    const message = replyTo(evtOf('w1'), entry, 0);
    const told: Partial<TraceEntry> = {
      outcome: 'waiting',
      nodes: [
        { node: 'pick', type: 'branch', note: 'condition 2' },
        { node: 'ask', type: 'reply', note: 'Budi wrote something' },
        { node: 'say', type: 'reply', flow: 'other' },
      ],
      messages: [message.data.mid],
      emitted: ['order.paid'],
      wait: { node: 'answer', for: 'message', until: 1_790_000_600 },
    };
    await take(entry, told, { messages: [message] });
    expect(await findEvent(store.client, 0, evtOf('w1'))).toEqual({
      evt: evtOf('w1'),
      cid: entry.cid,
      trace: {
        ...noted(evtOf('w1'), told)?.trace,
        flows: hash('flows').slice(0, 12),
        // What may name what a contact wrote is not kept.
        nodes: [told.nodes?.[0], { node: 'ask', type: 'reply' }, told.nodes?.[2]],
        failure: undefined,
        lost: undefined,
        committedAtMs: store.clock.nowMs,
      },
    });
  });

  test('is noted once, however often the turn is repeated', async () => {
    await hear('w1');
    const entry = await first();
    const commit = commitOf(entry, await loadedOf(entry), { messages: [] });
    const whole = { ...commit, life: noted(commit.evt) };
    await turns().commit(whole);
    expect(await turns().commit(whole)).toEqual({ kind: 'done' });
    expect(await store.client.llen(store.keys.trace(entry.cid))).toBe(1);
  });

  test('is kept for a hundred events and eight days', async () => {
    for (let index = 0; index < 104; index += 1) await hear(`w${index}`);
    const entry = await first();
    for (let index = 0; index < 104; index += 1) await take(entry);
    const key = store.keys.trace(entry.cid);
    expect([await store.client.llen(key), await store.client.ttl(key)]).toEqual([100, 8 * 86_400]);
    expect(await findEvent(store.client, 0, evtOf('w0'))).toEqual({ evt: evtOf('w0'), cid: entry.cid });
  });

  test('is found by the wamid of what the contact wrote, of the same number alone', async () => {
    await hear('w1');
    await take(await first());
    const found = (id: string, types = ['image', 'text']) =>
      findInbound(store.client, 0, { number: NumberId.parse(id), wamid: 'w1', types });
    expect(await found('100200300')).toMatchObject({ evt: evtOf('w1'), trace: { outcome: 'completed' } });
    expect(await found('200')).toBeUndefined();
    expect(await found('100200300', ['image'])).toBeUndefined();
  });

  test('of a timer is found too, though it came past the intake', async () => {
    await hear('w1');
    const entry = await first();
    const timer = timerAt(entry, Math.floor(store.clock.nowMs / 1_000) + 60);
    await take(entry, {}, { timer });
    store.clock.nowMs += 61_000;
    await fire(store.client, 0, 10);
    await take(await first(), { kind: 'timer' });
    const { evt } = timer.event;
    expect(await findEvent(store.client, 0, evt)).toMatchObject({ cid: entry.cid, trace: { evt } });
    const [bucket = ''] = (await store.client.keys('*seen*')).sort().reverse();
    expect(await store.client.ttl(bucket)).toBeGreaterThan(8 * 86_400);
  });

  test('costs a turn these commands more, and no round trip', async () => {
    await hear('w1');
    await take(await first());
    await hear('w2');
    const entry = await first();
    await store.real.config('RESETSTAT');
    await take(entry);
    const stats = await store.real.info('commandstats');
    const made = [...stats.matchAll(/cmdstat_(\w+):calls=(\d+)/g)].map(([, name]) => name);
    expect(made).toEqual(expect.arrayContaining(['lpush', 'ltrim', 'zadd', 'expire']));
    // Only a contact who is new to the list looks for those who have been silent.
    expect(made).not.toContain('zrangebyscore');
    expect(stats).toMatch(/cmdstat_eval:calls=2,/);
  });
});

describe('findEvent()', () => {
  test('says how many are before an event that waits, and how often its runner was lost', async () => {
    await hear('w1');
    await hear('w2');
    const entry = await first();
    expect(await findEvent(store.client, 0, evtOf('w2'))).toMatchObject({
      cid: entry.cid,
      trace: undefined,
      waiting: { ahead: 1, lost: 0, kind: 'text' },
    });
    await turns().load({ ...entry, recovered: true });
    expect(await findEvent(store.client, 0, evtOf('w1'))).toMatchObject({ waiting: { ahead: 0, lost: 1 } });
  });

  test('says why an event was set aside', async () => {
    await hear('w1');
    await turns().quarantine(await first(), evtOf('w1'), 'owner_lost', '');
    expect(await findEvent(store.client, 0, evtOf('w1'))).toMatchObject({
      trace: { outcome: 'set_aside', failure: 'owner_lost', kind: 'unread' },
    });
  });

  test('knows nothing of an event that never came', async () => {
    expect(await findEvent(store.client, 0, EventId.parse(hash('evt', 'none')))).toBeUndefined();
  });

  test('keeps the buckets compact', async () => {
    const events = Array.from({ length: 100 }, (_, index) =>
      textEvent({ wamid: `x${index}`, waId: String(index) }),
    );
    await accept(...events);
    const buckets = await store.real.keys('*seen*');
    const encodings = await Promise.all(buckets.map((key) => store.real.object('ENCODING', key)));
    expect(new Set(encodings)).toEqual(new Set(['listpack']));
  });
});

describe('enqueue()', () => {
  test('notes messages of the API in the trace of their conversation, and not those of a broadcast', async () => {
    const [one, many] = [
      refOf({ name: 'a', class: 'notification' }),
      refOf({ name: 'b', class: 'broadcast' }),
    ];
    await enqueue(store.client, 0, number, [
      messageOf({ name: 'a', class: 'notification' }),
      messageOf({ name: 'b', class: 'broadcast' }),
    ]);
    const life = await readConversationLife(store.client, 0, one.cid);
    expect(life?.events).toMatchObject([{ kind: 'api', outcome: 'queued', messages: [one.mid] }]);
    expect(await readConversationLife(store.client, 0, many.cid)).toBeUndefined();
  });
});

describe('readConversationLife()', () => {
  test('tells where a conversation stands and what happened last, the newest first', async () => {
    await hear('w1');
    await hear('w2');
    await hear('w3');
    const entry = await first();
    const until = Math.floor(store.clock.nowMs / 1_000) + 600;
    await take(entry, { flow: 'one' });
    await take(entry, { flow: 'two' }, { timer: timerAt(entry, until) });
    const life = await readConversationLife(store.client, 0, entry.cid);
    expect(life).toMatchObject({
      cid: entry.cid,
      session: { state: { n: 2 } },
      timerAtMs: until * 1_000,
      inbox: 1,
      events: [{ flow: 'two' }, { flow: 'one' }],
    });
    expect(life?.windowUntilMs).toBe((life?.lastMessageTime ?? 0) * 1_000 + 86_340_000);
  });

  test('tells of two that became one together, by time, and forgets none', async () => {
    await hear('w1', '1');
    const goes = await first();
    await take(goes, { flow: 'of one' });
    store.clock.nowMs += 2_000;
    await accept(textEvent({ wamid: 'w2', userId: 'US.2' }));
    const [stays] = await reader().read(1, 10);
    if (!stays) throw new Error('nothing is ready');
    await take(stays, { flow: 'of the other' });
    const place = { shard: 0, tenant: 'default', team: 'default', number: number.id };
    const pair = [
      { cid: stays.cid, born: 1 },
      { cid: goes.cid, born: 2 },
    ] as const;
    await mergeConversations(store.client, place, { pair, ids: { waId: '1', userId: 'US.2' } });
    const life = await readConversationLife(store.client, 0, goes.cid);
    expect(life).toMatchObject({ cid: stays.cid, events: [{ flow: 'of the other' }, { flow: 'of one' }] });
    expect(await findEvent(store.client, 0, evtOf('w1'))).toMatchObject({
      cid: stays.cid,
      trace: { flow: 'of one' },
    });
    const { contacts } = await listContacts(
      store.client,
      0,
      { tenant: 'default', team: 'default' },
      { count: 9 },
    );
    expect(contacts.map(({ cid }) => cid)).toEqual([stays.cid]);
  });

  test('knows nothing of a conversation that never was', async () => {
    const cid = ConversationId.parse(hash('cid', 'none'));
    expect(await readConversationLife(store.client, 0, cid)).toBeUndefined();
  });
});

describe('listContacts()', () => {
  const team = { tenant: 'default', team: 'default' };
  async function meet(count: number, tags: (index: number) => string[] = () => []): Promise<string[]> {
    const cids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      await hear(`w${index}`, `1555000${index}`);
      const entry = await first();
      const loaded = await loadedOf(entry);
      const contact = { waId: `1555000${index}`, tags: tags(index) };
      const change = { team: 'default', before: loaded.contact.tags };
      await take(entry, {}, { contact, tags: change });
      // Two have the same second.
      if (index % 2 === 1) store.clock.nowMs += 1_000;
      cids.push(entry.cid);
    }
    return cids;
  }

  test('pages through a team, the last heard first, each once, though several have the same second', async () => {
    const cids = await meet(7);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listContacts(store.client, 0, team, { cursor, count: 3 });
      seen.push(...page.contacts.map(({ cid }) => cid));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect([...seen].sort()).toEqual([...cids].sort());
    expect(seen[0]).toBe(cids[6]);
    expect(new Set(seen.slice(1, 3))).toEqual(new Set(cids.slice(4, 6)));
  });

  test('lists those who have a tag', async () => {
    const cids = await meet(5, (index) => (index > 1 ? ['vip'] : []));
    const one = await listContacts(store.client, 0, { ...team, tag: 'vip' }, { count: 2 });
    const two = await listContacts(
      store.client,
      0,
      { ...team, tag: 'vip' },
      { cursor: one.cursor, count: 2 },
    );
    const found = [...one.contacts, ...two.contacts];
    expect(found.map(({ cid }) => cid).sort()).toEqual(cids.slice(2).sort());
    expect(found[0]?.contact.tags).toEqual(['vip']);
  });

  test('knows nobody of another team', async () => {
    const [cid = ''] = await meet(1);
    const other = { tenant: 'default', team: 'other' };
    expect(await listContacts(store.client, 0, other, { count: 3 })).toEqual({ contacts: [] });
    const owner = (of: typeof team) => findNumberOf(store.client, 0, { ...of, cid, numbers: [number.id] });
    expect([await owner(team), await owner(other)]).toEqual([number.id, undefined]);
  });

  test('forgets contacts who have been silent for as long as a conversation is kept, a few a turn', async () => {
    await meet(2);
    const key = contactsKey(store.keys, 'default', 'default');
    const old = Math.floor(store.clock.nowMs / 1_000) - 91 * 86_400;
    await store.real.zadd(key, ...Array.from({ length: 15 }, (_, index) => [old, `${index}`]).flat());
    await hear('next', '15559999');
    await take(await first());
    expect(await store.real.zcard(key)).toBe(3 + 5);
    // Those of a team that nobody writes to any more go by themselves.
    expect(await store.real.ttl(key)).toBeGreaterThan(89 * 86_400);
  });
});
