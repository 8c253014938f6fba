import { ConversationId, hash, NumberId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { emit, eraseEmitted, readEmitted, type NewOutside } from './emitted.ts';
import { contactHashes } from './keys.ts';
import { moveSubscription, takeSubscription } from './subscriptions.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const cidNamed = (name: string) => ConversationId.parse(hash('cid', name));
const crm = { tenant: 'default', team: 'default', subscriber: 'crm' };
const take = () => takeSubscription(store.client, 0, crm, { owner: 'a', reopen: false });
const event = (id: string, more: Partial<NewOutside> = {}): NewOutside => ({
  ...{ id, tenant: 'default', team: 'default', type: 'broadcast.done', at: 100, payload: { of: id } },
  ...more,
});
const all = () => readEmitted(store.real, 0, '', 1_000);
const ids = async () => (await all()).map(({ id }) => id);

describe('emit()', () => {
  test('appends in order, with what is known, in one round trip', async () => {
    const number = NumberId.parse('100200300');
    const contact = { waId: '15550001' };
    await emit(store.real, 0, [
      event('a'),
      event('b', { number, cid: cidNamed('b') }),
      event('c', { contact }),
    ]);
    const [a, b, c] = await all();
    expect(a).toEqual({ ...event('a'), entry: a?.entry });
    expect(b).toEqual({ ...event('b', { number, cid: cidNamed('b') }), entry: b?.entry });
    expect(c?.contact).toEqual(contact);
    await emit(store.real, 0, []);
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  test('fails as a whole when Redis refuses one', async () => {
    await store.real.set(store.keys.emitted, 'no stream');
    await expect(emit(store.real, 0, [event('a')])).rejects.toThrow('WRONGTYPE');
  });
});

describe('eraseEmitted()', () => {
  test('takes out what is about a conversation or a contact, and subscribers pass it over', async () => {
    await emit(store.real, 0, [event('0')]);
    await take();
    const contact = { waId: '15550001' };
    await emit(store.real, 0, [
      event('1', { cid: cidNamed('gone') }),
      event('2', { cid: cidNamed('stays') }),
      event('3', { contact }),
      event('4', { contact: { waId: '15550002' } }),
      event('5', { cid: cidNamed('gone') }),
      event('6'),
    ]);
    expect(await eraseEmitted(store.real, 0, [cidNamed('gone')], contactHashes('default', contact))).toBe(3);
    expect(await ids()).toEqual(['0', '2', '4', '6']);
    expect(await eraseEmitted(store.real, 0, [cidNamed('gone')])).toBe(0);
    const taken = await take();
    expect(taken).toMatchObject({ kind: 'taken', missed: 0 });
    expect(taken.kind === 'taken' && taken.events.map(({ id }) => id)).toEqual(['2', '4', '6']);
  });

  test('is not counted as missed when the cursor is behind what went', async () => {
    await take();
    await emit(store.real, 0, [event('1', { cid: cidNamed('gone') }), event('2')]);
    const [, second] = await all();
    await take();
    await moveSubscription(store.client, 0, crm, {
      owner: 'a',
      cursor: '0-0',
      to: second?.entry ?? '',
      count: 2,
    });
    expect(await take()).toEqual({ kind: 'idle' });
    await take();
    await eraseEmitted(store.real, 0, [cidNamed('gone')]);
    await emit(store.real, 0, [event('3')]);
    expect(await take()).toMatchObject({ kind: 'taken', missed: 0 });
  });
});
