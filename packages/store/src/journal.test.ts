import { type EventId, type HttpResult } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { parseItem } from './inbox-item.ts';
import type { ReadyEntry } from './ready.ts';
import { takingTurns } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const { accept, first, loadedOf, take, turns } = takingTurns(store);
const hear = (...wamids: string[]) =>
  accept(...wamids.map((wamid) => textEvent({ wamid, waId: '15550001' })));

// What a round trip through Lua's own JSON would change.
const answer: HttpResult = {
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: { list: [], map: {}, big: 12345678901234, text: '"key":"é/\\ \u0001', none: null, deep: [[[]]] },
  ms: 12,
};
const other: HttpResult = { kind: 'failed', code: 'timeout', message: 'no answer', ms: 5_000 };

async function headEvent(entry: ReadyEntry): Promise<{ evt: EventId; version: number }> {
  const { item, version } = await loadedOf(entry);
  const event = parseItem(item);
  if (!event) throw new Error('not an event');
  return { evt: event.evt, version };
}

describe('recordAnswer()', () => {
  test('keeps answers as they are for the turn of this very event', async () => {
    await hear('w1');
    const entry = await first();
    expect((await loadedOf(entry)).journal).toEqual({});
    const head = await headEvent(entry);
    await turns().recordAnswer(entry, { ...head, key: 'k1', result: answer });
    await turns().recordAnswer(entry, { ...head, key: 'k2', result: other });
    expect((await loadedOf({ ...entry, recovered: true })).journal).toEqual({ k1: answer, k2: other });
  });

  test('lets the first answer of a call stand, and tells it to whoever comes second', async () => {
    await hear('w1');
    const entry = await first();
    const head = await headEvent(entry);
    const results = await Promise.all(
      [answer, other].map((result) => turns().recordAnswer(entry, { ...head, key: 'k', result })),
    );
    expect(results).toEqual([
      { kind: 'ok', result: answer },
      { kind: 'ok', result: answer },
    ]);
    expect((await loadedOf(entry)).journal).toEqual({ k: answer });
  });

  test('refuses a runner whose event is not the head any more, or whose version moved', async () => {
    await hear('w1', 'w2');
    const entry = await first();
    const late = await headEvent(entry);
    await take(entry);
    expect(await turns().recordAnswer(entry, { ...late, key: 'k', result: answer })).toEqual({
      kind: 'stale',
    });
    const head = await headEvent(entry);
    const behind = { ...head, version: 0, key: 'k', result: answer };
    expect(await turns().recordAnswer(entry, behind)).toEqual({ kind: 'stale' });
    expect((await loadedOf(entry)).journal).toEqual({});
  });

  test('forgets the answers with the turn, and those of an event that was set aside', async () => {
    await hear('w1', 'w2', 'w3');
    const entry = await first();
    await turns().recordAnswer(entry, { ...(await headEvent(entry)), key: 'k', result: answer });
    await take(entry);
    expect((await loadedOf(entry)).journal).toEqual({});
    const second = await headEvent(entry);
    await turns().recordAnswer(entry, { ...second, key: 'k', result: answer });
    await turns().quarantine(entry, second.evt, 'owner_lost', '');
    const late = { ...second, key: 'k3', result: answer };
    expect(await turns().recordAnswer(entry, late)).toEqual({ kind: 'stale' });
    expect((await loadedOf(entry)).journal).toEqual({});
    await turns().recordAnswer(entry, { ...(await headEvent(entry)), key: 'k2', result: other });
    expect((await loadedOf(entry)).journal).toEqual({ k2: other });
    await take(entry);
    expect(await store.real.hexists(store.keys.conversation(entry.cid), 'journal')).toBe(0);
  });

  test('gives the conversation of a new contact an end', async () => {
    await hear('w1');
    const entry = await first();
    await turns().recordAnswer(entry, { ...(await headEvent(entry)), key: 'k', result: answer });
    expect(await store.real.ttl(store.keys.conversation(entry.cid))).toBeGreaterThan(80 * 86_400);
  });
});
