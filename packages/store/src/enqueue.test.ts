import { MessageClass } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { enqueue, openConversation } from './enqueue.ts';
import { createIntake } from './intake.ts';
import { cidOf, messageOf, midsOf, numberOf, refOf } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const number = numberOf();
const open = (contact: { waId?: string; userId?: string }, of = number) =>
  openConversation(store.client, 0, of, contact);
const give = (...names: string[]) =>
  enqueue(
    store.client,
    0,
    number,
    names.map((name) => messageOf({ name })),
  );

describe('openConversation()', () => {
  test('makes one conversation for a contact, whoever asks first and by whichever name', async () => {
    const both = { waId: '15550001', userId: 'US.1' };
    const cids = await Promise.all([
      open(both),
      open(both),
      open({ waId: '15550001' }),
      open({ userId: 'US.1' }),
    ]);
    expect(new Set(cids).size).toBe(1);
    expect(await open({ waId: '15550002' })).not.toBe(cids[0]);
    expect(await open(both, numberOf({ id: '200' }))).not.toBe(cids[0]);
  });

  test('finds the conversation that the contact opened, and is found by his next event', async () => {
    const intake = createIntake({ client: store.client, shards: 1, wishOf: () => undefined });
    await intake.accept([textEvent({ wamid: 'a', waId: '15550001' })]);
    const cid = await open({ waId: '15550001', userId: 'US.1' });
    expect(await store.client.exists(store.keys.inbox(cid))).toBe(1);
    await intake.accept([textEvent({ wamid: 'b', userId: 'US.1' })]);
    expect(await store.client.llen(store.keys.inbox(cid))).toBe(2);

    const fresh = await open({ waId: '15550009' });
    await intake.accept([textEvent({ wamid: 'c', waId: '15550009' })]);
    expect(await store.client.llen(store.keys.inbox(fresh))).toBe(1);
  });

  test('trusts the business-scoped user id more than a phone number, which may have changed hands', async () => {
    const [byUser, byPhone] = [await open({ userId: 'US.1' }), await open({ waId: '15550001' })];
    expect(byUser).not.toBe(byPhone);
    expect(await open({ waId: '15550001', userId: 'US.1' })).toBe(byUser);
  });

  test('keeps the names as long as a conversation without events', async () => {
    await open({ waId: '15550001' });
    const [alias = ''] = await store.client.keys('*alias*');
    expect(await store.client.ttl(alias)).toBe(90 * 86_400);
  });

  test('refuses a contact without a name', async () => {
    await expect(open({})).rejects.toThrow('no id');
  });
});

describe('enqueue()', () => {
  test('puts a message where a turn would put it', async () => {
    await store.hear('a');
    expect(midsOf(await give('a'))).toEqual([refOf({ name: 'a' }).mid]);
    expect(await store.record(refOf({ name: 'a' }))).toMatchObject({
      state: 'queued',
      attempt: '0',
      number: number.id,
    });
    expect(await store.claim(refOf({ name: 'a' }))).toMatchObject({
      kind: 'go',
      body: { to: { waId: 'a' } },
    });
  });

  test('takes a message once, however often it comes, also when it is over', async () => {
    await store.hear('a');
    await give('a', 'a');
    const before = await store.dump('');
    expect(await give('a')).toEqual([]);
    expect(await store.dump('')).toEqual(before);
    const ref = refOf({ name: 'a' });
    await store.claim(ref);
    await store.finish(ref, 1, { kind: 'sent', wamid: 'w' });
    expect(await give('a')).toEqual([]);
    expect(await store.record(ref)).toMatchObject({ state: 'sent' });
    expect(await store.client.zcard(store.keys.outbox)).toBe(0);
  });

  test('takes many at once, of several conversations and classes, each conversation in order', async () => {
    const said = MessageClass.options.flatMap((kind) =>
      ['x', 'y'].flatMap((contact) =>
        [1, 2].map((index) => ({ name: `${contact}${kind}${index}`, contact, class: kind })),
      ),
    );
    const admitted = await enqueue(store.client, 0, number, said.map(messageOf));
    expect(midsOf(admitted).slice(0, 2)).toEqual(
      ['xreply1', 'yreply1'].map((name) => refOf({ name, contact: name.charAt(0) }).mid),
    );
    for (const contact of ['x', 'y']) {
      for (const kind of MessageClass.options) {
        const chain = await store.client.lrange(store.keys.chain(cidOf(contact), kind), 0, -1);
        expect(chain.map((entry) => entry.slice(0, 32))).toEqual(
          [1, 2].map((index) => refOf({ name: `${contact}${kind}${index}` }).mid),
        );
      }
    }
  });

  test('takes a hundred, and no more', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `m${index}`);
    await expect(give(...names)).rejects.toThrow('at most 100');
    await give(...names.slice(1));
    expect(await store.client.zcard(store.keys.outbox)).toBe(100);
    expect(await give()).toEqual([]);
  });
});
