import { wantedTypes, type OwnEventType } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { replay } from './dead-letters.ts';
import { readEmitted } from './emitted.ts';
import { parseItem } from './inbox-item.ts';
import { createIntake } from './intake.ts';
import type { MessageRef } from './message-ref.ts';
import { sweep } from './outbox.ts';
import { mergeStatuses, type FailureAct, type OwnStatus } from './statuses.ts';
import { contactOf, statusOf, templateNamed, type Said } from './testing/said.ts';
import { takingTurns } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';
import { setWish, type Wish } from './wishes.ts';

// What is written for subscribers in the scripts that send messages, hear of them and keep wishes.

const store = useStore();
const { first, take, turns } = takingTurns(store);
const ALL = wantedTypes([{ events: ['*'] }]);
const wants = (...events: string[]): ReadonlySet<OwnEventType> => wantedTypes([{ events }]);

const told = () => readEmitted(store.real, 0, '', 1_000);
const said = async () => (await told()).map(({ type, payload }) => [type, payload]);
const types = async () => (await told()).map(({ type }) => type);

async function attempting(more: Partial<Said> = {}): Promise<MessageRef> {
  const ref = await store.sayOne(more);
  const { kind } = await store.claim(ref, { wanted: ALL });
  if (kind !== 'go') throw new Error(`it does not go: ${kind}`);
  return ref;
}
const accepted = (ref: MessageRef, wanted = ALL, attempt = 1) =>
  store.finish(ref, attempt, { kind: 'sent', wamid: `wamid.${ref.mid}.${attempt}` }, { wanted });
const merge = (...statuses: OwnStatus[]) =>
  mergeStatuses(
    store.client,
    0,
    statuses.map((status) => ({ wanted: ALL, ...status })),
  );
const failed = (ref: MessageRef, act: FailureAct, attempt = 1): OwnStatus => ({
  ...statusOf(ref, 'failed', { attempt, errorCode: 131_026 }),
  failure: { act, reason: 'undeliverable' },
});

describe('message events', () => {
  test('are told once each, in the order in which they become known, with what names the message', async () => {
    const ref = await attempting();
    await accepted(ref);
    await accepted(ref);
    await merge(statusOf(ref, 'sent'), statusOf(ref, 'delivered'), statusOf(ref, 'sent'));
    await merge(statusOf(ref, 'delivered'), statusOf(ref, 'read', { at: 7 }), statusOf(ref, 'played'));
    const common = { message_id: ref.mid, wamid: `wamid.${ref.mid}.1`, class: 'reply', kind: 'text' };
    expect(await said()).toEqual([
      ['message.sent', { ...common, state: 'sent' }],
      ['message.delivered', { ...common, state: 'delivered' }],
      ['message.read', { ...common, state: 'read' }],
    ]);
    const all = await told();
    expect(all[2]).toMatchObject({
      tenant: 'default',
      team: 'default',
      cid: ref.cid,
      number: ref.number.id,
      at: 7,
    });
    expect(new Set(all.map(({ id }) => id)).size).toBe(3);
    for (const { id } of all) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('say that a message was sent whose answer was lost, by the first that is heard of it', async () => {
    const ref = await attempting();
    await merge(statusOf(ref, 'read'));
    expect(await types()).toEqual(['message.sent', 'message.read']);
    await accepted(ref);
    expect(await types()).toEqual(['message.sent', 'message.read']);
  });

  test('have the same ids wherever they are told', async () => {
    const ref = await attempting();
    await accepted(ref);
    const [bySender] = await told();
    await store.client.flushall();
    const again = await attempting();
    await merge(statusOf(again, 'sent'));
    const [byStatus] = await told();
    expect(byStatus?.id).toBe(bySender?.id);
  });

  test('are told of the end of a message: by Meta, by Graph, before an attempt, and without an outcome', async () => {
    const late = await attempting({ name: 'late' });
    await accepted(late, new Set());
    await merge(failed(late, 'dead'), failed(late, 'dead'));
    const refused = await attempting({ name: 'refused' });
    await store.finish(
      refused,
      1,
      { kind: 'dead', code: '131009', reason: 'invalid_message' },
      { wanted: ALL },
    );
    const closed = await store.sayOne({ name: 'closed' }, { heard: false });
    await store.claim(closed, { wanted: ALL });
    const parked = await attempting({ name: 'parked' });
    await store.finish(parked, 1, { kind: 'unknown', code: 'timeout', graceMs: 0 }, { wanted: ALL });
    await sweep(store.client, parked, { graceMs: 0, floorMs: 0, onUnknown: 'park', wanted: ALL });
    const common = { class: 'reply', kind: 'text' };
    expect(await said()).toEqual([
      [
        'message.failed',
        {
          ...common,
          message_id: late.mid,
          wamid: `wamid.${late.mid}.1`,
          ...{ state: 'failed', code: 131_026, reason: 'undeliverable' },
        },
      ],
      [
        'message.failed',
        { ...common, message_id: refused.mid, state: 'dead', code: 131_009, reason: 'invalid_message' },
      ],
      ['message.failed', { ...common, message_id: closed.mid, state: 'dead', reason: 'window_closed' }],
      ['message.failed', { ...common, message_id: parked.mid, state: 'dead', reason: 'unknown_outcome' }],
    ]);
  });

  test('say nothing of a failure that is tried again, nor of what was to be left out', async () => {
    const ref = await attempting({ name: 'again' });
    await accepted(ref, new Set());
    await merge(failed(ref, 'retry'));
    const skipped = await store.sayOne({ name: 'skip', outsideWindow: 'skip' }, { heard: false });
    await store.claim(skipped, { wanted: ALL });
    expect(await types()).toEqual([]);
  });

  test('tell another life of a message anew', async () => {
    const ref = await attempting();
    await store.finish(ref, 1, { kind: 'dead', code: '1', reason: 'invalid_message' }, { wanted: ALL });
    await replay(store.client, ref);
    await store.wake();
    await store.claim(ref, { wanted: ALL });
    await accepted(ref, ALL, 2);
    expect(await types()).toEqual(['message.failed', 'message.sent']);
  });

  test('names the broadcast that a message is of, and the event that caused it', async () => {
    const ref = await attempting();
    const data: unknown = JSON.parse((await store.record(ref))['data'] ?? '');
    const more = { ...Object(data), broadcast: 'b1', evt: 'e'.repeat(32) };
    await store.real.hset(store.keys.message(ref.mid), 'data', JSON.stringify(more));
    await accepted(ref);
    expect((await told())[0]?.payload).toMatchObject({ broadcast: 'b1', event: 'e'.repeat(32) });
  });

  test('are written only where somebody wants them', async () => {
    const ref = await attempting();
    await accepted(ref, wants('message.read', 'order.*'));
    await merge({ ...statusOf(ref, 'delivered'), wanted: new Set<OwnEventType>() });
    expect(await store.real.exists(store.keys.emitted)).toBe(0);
    expect(Object.keys(await store.record(ref)).filter((field) => field.startsWith('told'))).toEqual([]);
    await merge({ ...statusOf(ref, 'read'), wanted: wants('message.read', 'order.*') });
    expect(await types()).toEqual(['message.read']);
  });
});

describe('contact events', () => {
  const optOut = (over: Partial<Wish> = {}) =>
    setWish(store.client, 0, {
      ...{
        tenant: 'default',
        contact: { waId: '15550001' },
        change: 'out',
        scope: 'all',
        atS: 100,
        source: 'operator',
      },
      outside: [
        {
          id: 'x',
          tenant: 'default',
          team: 'default',
          type: 'contact.opted_out',
          at: 100,
          payload: { scope: 'all' },
        },
        {
          id: 'y',
          tenant: 'default',
          team: 'other',
          type: 'contact.opted_out',
          at: 100,
          payload: { scope: 'all' },
        },
      ],
      ...over,
    });

  test('are written with a wish that changes something, and with no other', async () => {
    expect(await optOut()).toBe(true);
    expect(await optOut({ atS: 101 })).toBe(false);
    expect(await optOut({ atS: 99, change: 'in' })).toBe(false);
    expect((await told()).map(({ id, team }) => [id, team])).toEqual([
      ['x', 'default'],
      ['y', 'other'],
    ]);
    expect(await optOut({ atS: 102, change: 'in', outside: [] })).toBe(true);
    expect(await optOut({ atS: 103, scope: 'marketing' })).toBe(true);
    expect(await types()).toHaveLength(4);
  });

  test('are told when Meta says with a failure that a contact wants no marketing, once', async () => {
    const message = templateNamed('offer');
    const ref = await attempting({ name: 'a', contact: 'c', message });
    await accepted(ref, new Set());
    await merge({ ...failed(ref, 'opted_out'), wanted: wants('contact.*') });
    expect(await said()).toEqual([['contact.opted_out', { scope: 'marketing', source: 'error_131026' }]]);
    expect((await told())[0]).toMatchObject({ cid: ref.cid, team: 'default' });
    const other = await attempting({ name: 'b', contact: 'd', message });
    await store.finish(
      other,
      1,
      { kind: 'opted_out', code: '131050', reason: 'opted_out' },
      { wanted: wants('contact.*') },
    );
    expect(await types()).toHaveLength(2);
    expect(contactOf({ name: 'b' })).toBe('b');
  });

  test('are left to the turn of a word, which knows from its acceptance whether it changes anything', async () => {
    const intake = createIntake({ client: store.real, shards: 1, wishOf: () => 'out' });
    await intake.accept([
      textEvent({ wamid: 'w1', waId: '15550001', text: 'STOP' }),
      textEvent({ wamid: 'w2', waId: '15550001', text: 'STOP' }),
    ]);
    const entry = await first();
    const changes: unknown[] = [];
    for (let index = 0; index < 2; index += 1) {
      const loaded = await turns().load(entry);
      const event = loaded && parseItem(loaded.item);
      changes.push(event && 'changesWish' in event ? event.changesWish : undefined);
      await take(entry, {
        wishes: [{ change: 'out', scope: 'all', told: { id: 'z', team: 'default', payload: null } }],
      });
    }
    expect(changes).toEqual([true, undefined]);
    expect(await types()).toEqual([]);
  });

  test('are told of a wish that a flow decides, with its turn, when it changes something', async () => {
    const intake = createIntake({ client: store.real, shards: 1, wishOf: () => undefined });
    await intake.accept(['w1', 'w2', 'w3'].map((wamid) => textEvent({ wamid, waId: '15550001' })));
    const entry = await first();
    const wish = (id: string, change: 'out' | 'in') => ({
      wishes: [
        {
          change,
          scope: 'marketing' as const,
          told: { id, team: 'default', payload: { scope: 'marketing' } },
        },
      ],
      contact: { waId: '15550001', tags: [] },
    });
    await take(entry, { ...wish('a', 'out'), at: 100 });
    await take(entry, { ...wish('b', 'out'), at: 101 });
    await take(entry, { ...wish('c', 'in'), at: 102 });
    expect((await told()).map(({ id, type, at, cid }) => [id, type, at, cid])).toEqual([
      ['a', 'contact.opted_out', 100, entry.cid],
      ['c', 'contact.opted_in', 102, entry.cid],
    ]);
  });
});
