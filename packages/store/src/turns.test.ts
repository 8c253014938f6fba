import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EMPTY_SESSION, NumberId, messageId, type InboundEvent } from '@alur/types';
import { textEvent } from '../../../test/support/events.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { connect, waitUntilReady, type Connections } from './connection.ts';
import { createIntake } from './intake.ts';
import { createReadyReader, type ReadyEntry, type ReadyReader } from './ready.ts';
import { flightCaps, type MessageData } from './record.ts';
import { createTurns, parseItem, type Commit, type Loaded, type Turns } from './turns.ts';

let redis: TestRedis;
let connections: Connections;
let turns: Turns;

beforeAll(async () => {
  redis = await startRedis();
  connections = connect({ url: redis.url });
  await waitUntilReady(connections.client, 5_000);
  turns = createTurns(connections.client);
});
afterAll(async () => {
  await connections.close();
  await redis.stop();
});
beforeEach(async () => {
  await connections.client.flushall();
});

const reader = (consumer = 'a'): ReadyReader =>
  createReadyReader({ client: connections.client, blocking: connections.client, shard: 0, consumer });
const accept = (...events: InboundEvent[]) =>
  createIntake({ client: connections.client, shards: 1 }).accept(events);
const first = async (): Promise<ReadyEntry> => {
  const [entry] = await reader().read(1, 10);
  if (!entry) throw new Error('nothing is ready');
  return entry;
};
const loadedOf = async (entry: ReadyEntry): Promise<Loaded> => {
  const loaded = await turns.load(entry);
  if (!loaded) throw new Error('the inbox is empty');
  return loaded;
};

function commitOf(entry: ReadyEntry, loaded: Loaded, more: Partial<Commit> = {}): Commit {
  const event = parseItem(loaded.item);
  if (!event) throw new Error('not an event');
  const mid = messageId(event.evt, 'flow', 0, 0);
  const message: MessageData = {
    mid,
    cid: entry.cid,
    class: 'reply',
    tenant: 'default',
    team: 'default',
    number: event.number,
    to: { waId: '15550001' },
    message: { kind: 'text', text: 'hello' },
    retryOnRateLimit: false,
  };
  return {
    entry,
    evt: event.evt,
    version: loaded.version,
    session: { state: { n: loaded.version + 1 } },
    contact: loaded.contact,
    lastMessageTime: event.at,
    number: NumberId.parse(event.number),
    caps: flightCaps(80),
    messages: [message],
    ...more,
  };
}

const ready = () => connections.client.xlen('{s0}:ready');

describe('load()', () => {
  test('starts a new conversation from nothing', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const loaded = await loadedOf(await first());
    expect(loaded).toMatchObject({ version: 0, session: EMPTY_SESSION, lastMessageTime: 0, lost: 0 });
  });

  test('removes an entry whose inbox is empty on sight', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    await connections.client.del(`{s0}:inbox:${entry.cid}`);
    expect(await turns.load(entry)).toBeUndefined();
    expect(await ready()).toBe(0);
  });

  test('counts the owners that were lost on one event, and starts again at the next', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }), textEvent({ wamid: 'w2', waId: '1' }));
    const entry = await first();
    await turns.load({ ...entry, recovered: true });
    const loaded = await loadedOf({ ...entry, recovered: true });
    expect(loaded.lost).toBe(2);
    await turns.commit(commitOf(entry, loaded));
    expect((await loadedOf(entry)).lost).toBe(0);
  });
});

describe('commit()', () => {
  test('moves the session, queues the messages and ends the ready entry in one step', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    const result = await turns.commit(commitOf(entry, await loadedOf(entry)));
    expect(result).toMatchObject({ kind: 'ok', admitted: [{ cid: entry.cid, class: 'reply' }] });
    expect(await ready()).toBe(0);
    expect(await connections.client.xpending('{s0}:ready', 'runners')).toEqual([0, null, null, null]);
    expect(await connections.client.hget(`{s0}:conv:${entry.cid}`, 'version')).toBe('1');
    expect(await connections.client.zcard('{s0}:outbox')).toBe(1);
  });

  test('hands over the next event and keeps the conversation ready while there is one', async () => {
    await accept(
      textEvent({ wamid: 'w1', waId: '1' }),
      textEvent({ wamid: 'w2', waId: '1', text: 'second' }),
    );
    const entry = await first();
    const result = await turns.commit(commitOf(entry, await loadedOf(entry)));
    expect(result.kind === 'ok' && result.next && parseItem(result.next)).toMatchObject({ text: 'second' });
    expect(await ready()).toBe(1);
  });

  test('is done once: the same turn again changes nothing', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }), textEvent({ wamid: 'w2', waId: '1' }));
    const entry = await first();
    const commit = commitOf(entry, await loadedOf(entry));
    await turns.commit(commit);
    const before = await connections.client.dbsize();
    expect(await turns.commit(commit)).toEqual({ kind: 'done' });
    expect(await connections.client.dbsize()).toBe(before);
    expect((await loadedOf(entry)).version).toBe(1);
  });

  test('refuses a runner that lost the conversation to another', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }), textEvent({ wamid: 'w2', waId: '1' }));
    const entry = await first();
    const late = await loadedOf(entry);
    await turns.commit(commitOf(entry, await loadedOf(entry)));
    await turns.commit(commitOf(entry, await loadedOf(entry)));
    expect(await turns.commit(commitOf(entry, late))).toEqual({ kind: 'stale' });
    const other = { ...(await loadedOf(await nextEntry())), version: 0 };
    expect(await turns.commit(commitOf(entry, other))).toEqual({ kind: 'stale' });
  });

  test('puts only the head of a chain into the lane, and admits no more than the caps allow', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    const commit = commitOf(entry, await loadedOf(entry));
    const [message] = commit.messages;
    if (!message) throw new Error('no message');
    const messages = [0, 1, 2].map((index) => ({ ...message, mid: messageId(commit.evt, 'flow', 0, index) }));
    const result = await turns.commit({ ...commit, messages, caps: { ahead: 5, flying: 5 } });
    expect(result.kind === 'ok' && result.admitted.map(({ mid }) => mid)).toEqual([messages[0]?.mid]);
    expect(await connections.client.llen(`{s0}:chain:${entry.cid}:reply`)).toBe(3);
    expect(await connections.client.llen(`{s0}:lane:${message.number}:reply`)).toBe(0);
  });
});

async function nextEntry(): Promise<ReadyEntry> {
  await accept(textEvent({ wamid: 'w3', waId: '1' }));
  return first();
}

describe('quarantine()', () => {
  test('sets the head aside and lets the conversation go on', async () => {
    await accept(
      textEvent({ wamid: 'w1', waId: '1' }),
      textEvent({ wamid: 'w2', waId: '1', text: 'second' }),
    );
    const entry = await first();
    const { item } = await loadedOf(entry);
    expect(await turns.quarantine(entry, item.evt, 'owner_lost', '')).toBe(true);
    expect(await turns.quarantine(entry, item.evt, 'owner_lost', '')).toBe(false);
    expect(await connections.client.xlen('{s0}:quarantine')).toBe(1);
    expect(parseItem((await loadedOf(entry)).item)).toMatchObject({ text: 'second' });
  });
});

describe('ReadyReader', () => {
  test('gives an entry to one consumer, and to another only after the lease', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    expect(await reader('b').read(10, 10)).toEqual([]);
    expect(await reader('b').recover(10, 60_000)).toEqual([]);
    expect(await reader('b').recover(10, 0)).toEqual([{ ...entry, recovered: true }]);
  });

  test('renews only what is still its own', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const { id } = await first();
    expect(await reader('a').renew(id)).toBe(true);
    await reader('b').recover(10, 0);
    expect(await reader('a').renew(id)).toBe(false);
    expect(await reader('b').renew(id)).toBe(true);
  });

  test('gives up an entry so that another takes it at once', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const { id } = await first();
    await reader('a').release(id);
    expect(await reader('b').recover(10, 60_000)).toHaveLength(1);
  });

  test('forgets idle consumers, never one that owns something', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }), textEvent({ wamid: 'w2', waId: '2' }));
    await reader('owner').read(1, 10);
    await reader('idle').read(1, 10);
    const [entry] = await reader('idle').recover(10, 0);
    if (entry) await reader('owner').recover(10, 0);
    expect(await reader('owner').forgetConsumers(-1)).toBe(1);
    expect(await connections.client.xpending('{s0}:ready', 'runners')).toMatchObject({ 0: 2 });
  });
});
