import { EMPTY_SESSION } from '@alur/types';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import type { Commit } from './commit.ts';
import { parseItem } from './inbox-item.ts';
import { contactHashes } from './keys.ts';
import type { ReadyEntry } from './ready.ts';
import { midsOf, numberOf } from './testing/said.ts';
import { commitOf, replyTo, takingTurns } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';
import { createTurns, type Turns } from './turns.ts';

const store = useStore();
const number = numberOf();
const { accept, first, loadedOf, reader, ready } = takingTurns(store);
let turns: Turns;
beforeAll(() => {
  turns = createTurns(store.real);
});

describe('load()', () => {
  test('starts a new conversation from nothing', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const loaded = await loadedOf(await first());
    expect(loaded).toMatchObject({ version: 0, session: EMPTY_SESSION, lastMessageTime: 0, lost: 0 });
  });

  test('removes an entry whose inbox is empty on sight', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    await store.real.del(store.keys.inbox(entry.cid));
    expect(await turns.load(entry)).toBeUndefined();
    expect(await ready()).toBe(0);
  });

  test('gives nothing for an entry that is gone: what came since is for the owner of another', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const former = await first();
    await turns.commit(commitOf(former, await loadedOf(former)));
    await accept(textEvent({ wamid: 'w2', waId: '1' }));
    expect(await turns.load(former)).toBeUndefined();
    expect(await turns.load({ ...former, recovered: true })).toBeUndefined();
    const entry = await first();
    expect(await loadedOf(entry)).toMatchObject({ version: 1, lost: 0 });
    await turns.commit(commitOf(entry, await loadedOf(entry)));
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
    expect(await store.real.xpending(store.keys.ready, 'runners')).toEqual([0, null, null, null]);
    expect(await store.real.hget(store.keys.conversation(entry.cid), 'version')).toBe('1');
    expect(await store.real.zcard(store.keys.outbox)).toBe(1);
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
    const before = await store.real.dbsize();
    expect(await turns.commit(commit)).toEqual({ kind: 'done' });
    expect(await store.real.dbsize()).toBe(before);
    expect((await loadedOf(entry)).version).toBe(1);
  });

  test('goes on behind an event that stands twice in an inbox', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    const { item } = await loadedOf(entry);
    await store.real.rpush(store.keys.inbox(entry.cid), item.evt + item.json);
    await turns.commit(commitOf(entry, await loadedOf(entry), { messages: [] }));
    const again = commitOf(entry, await loadedOf(entry), { messages: [] });
    expect(await turns.commit(again)).toMatchObject({ kind: 'ok' });
    expect(await ready()).toBe(0);
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

  test('puts only the head of a chain into the lane', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    const commit = commitOf(entry, await loadedOf(entry));
    const event = parseItem((await loadedOf(entry)).item);
    if (!event) throw new Error('not an event');
    const messages = [0, 1, 2].map((index) => replyTo(event.evt, entry, index));
    const result = await turns.commit({ ...commit, messages });
    expect(result.kind === 'ok' && midsOf(result.admitted)).toEqual([messages[0]?.data.mid]);
    expect(await store.real.llen(store.keys.chain(entry.cid, 'reply'))).toBe(3);
    expect(await store.real.llen(store.keys.lane(number.id, 'reply'))).toBe(0);
  });

  test('admits a tenth of a second and no more, however many conversations speak', async () => {
    const waIds = Array.from({ length: 20 }, (_, index) => `1555${index}`);
    await accept(...waIds.map((waId) => textEvent({ wamid: waId, waId })));
    const admitted: string[] = [];
    for (const entry of await reader().read(20, 10)) {
      const result = await turns.commit(commitOf(entry, await loadedOf(entry)));
      if (result.kind === 'ok') admitted.push(...midsOf(result.admitted));
    }
    expect(admitted).toHaveLength(8);
    expect(await store.real.llen(store.keys.lane(number.id, 'reply'))).toBe(12);
  });

  test('keeps what the contact wishes for the whole tenant, and tells the next turn', async () => {
    const at = Math.floor(Date.now() / 1_000);
    await accept(...['w1', 'w2', 'w3'].map((wamid) => textEvent({ wamid, waId: '15550001', at })));
    const entry = await first();
    const kept = async () => {
      const [hashed = ''] = contactHashes('default', { waId: '15550001' });
      const all = await store.real.hgetall(store.keys.optOuts('default'));
      return [all[hashed], all[`m:${hashed}`]];
    };
    const turnWith = async (wishes: Commit['wishes'], atS: number) => {
      const loaded = await loadedOf(entry);
      await turns.commit(
        commitOf(entry, loaded, { contact: { waId: '15550001', tags: [] }, wishes, at: atS }),
      );
      return loaded.optedOut;
    };
    expect(await turnWith([{ change: 'out', scope: 'marketing' }], at)).toBeUndefined();
    expect(await kept()).toEqual([undefined, `out:${at}:flow`]);
    expect(await turnWith([{ change: 'in', scope: 'all' }], at + 1)).toBe('marketing');
    expect(await kept()).toEqual([`in:${at + 1}:flow`, `out:${at}:flow`]);
    expect(await turnWith([], at)).toBeUndefined();
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
    expect(await store.real.xlen(store.keys.quarantine)).toBe(1);
    expect(parseItem((await loadedOf(entry)).item)).toMatchObject({ text: 'second' });
  });

  test('gives the conversation of a new contact an end', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }));
    const entry = await first();
    const { item } = await loadedOf({ ...entry, recovered: true });
    await turns.quarantine(entry, item.evt, 'owner_lost', '');
    expect(await store.real.ttl(store.keys.conversation(entry.cid))).toBeGreaterThan(80 * 86_400);
    expect(await ready()).toBe(0);
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

  test('finds a lost entry behind many that are still owned', async () => {
    await accept(...Array.from({ length: 40 }, (_, n) => textEvent({ wamid: `w${n}`, waId: String(n) })));
    const entries = await reader('a').read(40, 10);
    const last = entries.at(-1);
    if (last) await reader('a').release(last.id);
    const other = reader('b');
    const found = [];
    for (let looks = 0; looks < 5; looks += 1) found.push(...(await other.recover(1, 60_000)));
    expect(found).toEqual([{ ...last, recovered: true }]);
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
    expect(await store.real.xpending(store.keys.ready, 'runners')).toMatchObject({ 0: 2 });
  });
});
