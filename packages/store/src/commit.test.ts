import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { EMITTED_MAX, readEmitted } from './emitted.ts';
import { taggedKey } from './keys.ts';
import type { ReadyEntry } from './ready.ts';
import { numberOf } from './testing/said.ts';
import { commitOf, takingTurns, timerAt } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const { accept, first, loadedOf, take, turns } = takingTurns(store);
const number = numberOf();
const nowS = () => Math.floor(Date.now() / 1_000);
const hear = (...wamids: string[]) =>
  accept(...wamids.map((wamid) => textEvent({ wamid, waId: '15550001' })));

const timers = () => store.real.zrange(store.keys.timers, '0', '-1', 'WITHSCORES');
const keptTimer = ({ cid }: ReadyEntry) => store.real.hget(store.keys.conversation(cid), 'timer');
const members = (tag: string, team = 'default') =>
  store.real.zrange(taggedKey(store.keys, 'default', team, tag), '0', '-1');

/** Which commands Redis ran meanwhile, those of scripts too. */
async function commandsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await store.real.config('RESETSTAT');
  await work();
  const stats = await store.real.info('commandstats');
  const calls = [...stats.matchAll(/^cmdstat_(\w+):calls=(\d+)/gm)];
  return Object.fromEntries(calls.map(([, name = '', count]) => [name, Number(count)]));
}

describe('commit() of a timer', () => {
  test('sets the one timer of the conversation, replaces it, and removes it', async () => {
    await hear('w1', 'w2', 'w3', 'w4');
    const entry = await first();
    const at = nowS() + 60;
    await take(entry, { timer: timerAt(entry, at, 1) });
    expect(await timers()).toEqual([entry.cid, String(at * 1_000)]);
    await take(entry, { timer: timerAt(entry, at + 1, 2) });
    expect(await timers()).toEqual([entry.cid, String((at + 1) * 1_000)]);
    const { evt } = timerAt(entry, at, 2).event;
    const item = (await keptTimer(entry)) ?? '';
    expect(item.slice(0, 32)).toBe(evt);
    expect(JSON.parse(item.slice(32))).toMatchObject({ kind: 'timer', epoch: 2, at: at + 1 });
    await take(entry);
    expect([await timers(), await keptTimer(entry)]).toEqual([[], null]);
    await take(entry);
    expect(await timers()).toEqual([]);
  });

  test('is done once: the same turn again leaves the timer of a later one', async () => {
    await hear('w1', 'w2');
    const entry = await first();
    const commit = commitOf(entry, await loadedOf(entry), { messages: [] });
    await turns().commit(commit);
    const late = timerAt(entry, nowS() + 60);
    const second = commitOf(entry, await loadedOf(entry), { messages: [], timer: late });
    await turns().commit(second);
    expect(await turns().commit({ ...commit, timer: undefined })).toEqual({ kind: 'stale' });
    expect(await turns().commit(second)).toEqual({ kind: 'done' });
    expect(await timers()).toHaveLength(2);
  });

  test('stays when the next event is set aside', async () => {
    await hear('w1', 'w2');
    const entry = await first();
    await take(entry, { timer: timerAt(entry, nowS() + 60) });
    const { item } = await loadedOf(entry);
    await turns().quarantine(entry, item.evt, 'owner_lost', '');
    expect([(await timers()).length, await keptTimer(entry)]).toEqual([2, expect.any(String)]);
  });

  test('costs a turn without one nothing: no command more than it had before there were timers', async () => {
    await hear('w1', 'w2');
    const entry = await first();
    const commit = commitOf(entry, await loadedOf(entry), { messages: [] });
    const tags = { team: 'default', before: [] };
    const commands = await commandsOf(() => turns().commit({ ...commit, tags, emitted: [] }));
    // The script is asked for by its hash, and sent only where Redis does not know it.
    const around = new Set(['evalsha', 'eval', 'config', 'info']);
    const own = Object.fromEntries(Object.entries(commands).filter(([name]) => !around.has(name)));
    expect(own).toEqual({ lindex: 2, hmget: 1, lpop: 1, hset: 1, expire: 1 });
  });
});

describe('commit() of tags', () => {
  const tagsOf = async (entry: ReadyEntry, tags: string[]) => {
    const loaded = await loadedOf(entry);
    const contact = { ...loaded.contact, tags };
    const change = { team: 'default', before: loaded.contact.tags };
    await turns().commit(commitOf(entry, loaded, { messages: [], contact, tags: change }));
  };

  test('keeps the index of each tag in step with the contact', async () => {
    await hear('w1', 'w2', 'w3');
    const entry = await first();
    const member = entry.cid + number.id;
    await tagsOf(entry, ['weekly', 'vip']);
    expect([await members('weekly'), await members('vip')]).toEqual([[member], [member]]);
    await tagsOf(entry, ['vip', 'späť']);
    expect([await members('weekly'), await members('vip'), await members('späť')]).toEqual([
      [],
      [member],
      [member],
    ]);
    expect(await members('vip', 'other')).toEqual([]);
    expect((await loadedOf(entry)).contact.tags).toEqual(['vip', 'späť']);
  });

  test('changes nothing in a turn that says nothing of them, or comes late', async () => {
    await hear('w1', 'w2', 'w3');
    const entry = await first();
    const late = await loadedOf(entry);
    await tagsOf(entry, ['vip']);
    await take(entry);
    const change = { team: 'default', before: ['vip'] };
    await turns().commit(commitOf(entry, late, { messages: [], tags: change }));
    expect(await members('vip')).toHaveLength(1);
  });
});

describe('commit() of emitted events', () => {
  const emitted = (id: string) => ({
    id,
    team: 'default',
    eventType: 'order.placed',
    payload: { id, list: [], nothing: null, text: '"q" \\ é' },
  });

  test('appends them in order, once, beside messages, tags and a wish', async () => {
    await hear('w1', 'w2');
    const entry = await first();
    const loaded = await loadedOf(entry);
    const commit = commitOf(entry, loaded, {
      contact: { waId: '15550001', tags: ['vip'] },
      tags: { team: 'default', before: [] },
      wishes: [{ change: 'out', scope: 'marketing' }],
      emitted: [emitted('a'), emitted('b')],
      timer: timerAt(entry, nowS() + 60),
    });
    expect(await turns().commit(commit)).toMatchObject({ kind: 'ok', admitted: [{ cid: entry.cid }] });
    await turns().commit(commit);
    await turns().commit(commitOf(entry, await loadedOf(entry), { emitted: [emitted('c')] }));
    const all = await readEmitted(store.real, 0, '', 10);
    expect(all.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(all[0]).toEqual({
      entry: expect.any(String),
      id: 'a',
      tenant: 'default',
      team: 'default',
      number: number.id,
      cid: entry.cid,
      type: 'order.placed',
      at: commit.at,
      payload: emitted('a').payload,
    });
    expect(await members('vip')).toHaveLength(1);
    expect((await loadedOf(await next())).optedOut).toBe('marketing');
  });

  test('are read on from where a reader stopped', async () => {
    await hear('w1');
    await take(await first(), { emitted: ['a', 'b', 'c'].map(emitted) });
    const [one] = await readEmitted(store.real, 0, '', 1);
    const rest = await readEmitted(store.real, 0, one?.entry ?? '', 10);
    expect(rest.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(await readEmitted(store.real, 0, rest.at(-1)?.entry ?? '', 10)).toEqual([]);
  });

  test('are kept up to a number', async () => {
    const fill = 'for _ = 1, ARGV[1] do redis.call("XADD", KEYS[1], "*", "id", "x") end';
    await store.real.eval(fill, 1, store.keys.emitted, EMITTED_MAX + 500);
    await hear('w1');
    await take(await first(), { emitted: [emitted('a')] });
    expect(await store.real.xlen(store.keys.emitted)).toBeLessThan(EMITTED_MAX + 200);
  });
});

async function next(): Promise<ReadyEntry> {
  await hear('w9');
  return first();
}
