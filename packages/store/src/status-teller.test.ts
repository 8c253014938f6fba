import { beforeEach, describe, expect, test } from '@jest/globals';
import { NumberId } from '@alur/types';
import { createStatusTeller, type StatusNote } from './status-teller.ts';
import { cidOf, contactOf, refOf, statusOf } from './testing/said.ts';
import { takingTurns } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';
import { publishWants } from './wants.ts';

const store = useStore();
const { intake } = takingTurns(store);
const number = { ...refOf({ name: 'a' }).number, team: 'default' };
const teller = () => createStatusTeller({ client: store.real, shards: 1, intake: intake() });
const at = () => Math.floor(Date.now() / 1_000);
const note = (name: string, more: Partial<StatusNote> = {}): StatusNote => ({
  mid: refOf({ name }).mid,
  number,
  state: 'delivered',
  at: at(),
  attempt: 1,
  ...more,
});

interface Heard {
  from: { waId: string };
  status: { state: string };
}
const heard = async (): Promise<Heard[]> => {
  const inboxes = await store.real.keys('{s0}:inbox:*');
  const items = await Promise.all(inboxes.map((key) => store.real.lrange(key, 0, -1)));
  return items.flat().map((item) => JSON.parse(item.slice(32)));
};

beforeEach(async () => {
  await publishWants(store.real, 0, number, { statuses: true });
});

/** A message whose conversation leads to its contact. */
async function queue(...names: string[]): Promise<void> {
  await store.say(names.map((name) => ({ name })));
  for (const name of names)
    await store.real.hset(
      store.keys.conversation(cidOf(contactOf({ name }))),
      'contact',
      JSON.stringify({ waId: name }),
    );
}

describe('createStatusTeller()', () => {
  test('gives a note once to the conversation of its message', async () => {
    await queue('1', '2');
    await teller().tell([note('1'), note('2')]);
    await teller().tell([note('1'), note('2', { state: 'read' })]);
    const lines = (await heard()).map(({ from, status }) => `${from.waId} ${status.state}`);
    expect(lines.sort()).toEqual(['1 delivered', '2 delivered', '2 read']);
  });

  test("tells a number nothing of another's message, whatever its receipt says", async () => {
    await queue('1');
    const other = { ...number, id: NumberId.parse('777'), tenant: 'other', team: 'sales' };
    await publishWants(store.real, 0, other, { statuses: true });
    await teller().tell([note('1', { number: other })]);
    expect(await heard()).toEqual([]);
  });

  test('tells nobody whose flows want nothing', async () => {
    await publishWants(store.real, 0, number, { statuses: false });
    await queue('1');
    await teller().tell([note('1')]);
    expect(await heard()).toEqual([]);
  });

  test('tells the others though one message, contact or body cannot be read', async () => {
    await queue('1', '2', '3', '4');
    await store.real.hset(store.keys.message(refOf({ name: '1' }).mid), 'data', '{"mid":');
    await store.real.hset(store.keys.message(refOf({ name: '2' }).mid), 'data', '{"of":"a newer version"}');
    await store.real.hset(store.keys.message(refOf({ name: '3' }).mid), 'body', '{');
    await store.real.hset(store.keys.conversation(cidOf('4')), 'contact', '[]');
    await teller().tell(['1', '2', '3', '4', 'unknown'].map((name) => note(name)));
    expect((await heard()).map(({ from }) => from.waId).sort()).toEqual(['3', '4']);
  });

  test('passes receipts on that a flow can hear of', async () => {
    await queue('1');
    const receipts = (['sent', 'played', 'failed'] as const).map((kind) => ({
      ...statusOf(refOf({ name: '1' }), kind, { at: at() }),
      number,
    }));
    await teller().tellReceipts(receipts);
    expect((await heard()).map(({ status }) => status.state)).toEqual(['sent', 'failed']);
  });

  test('starts nothing by the receipts of what a status has caused', async () => {
    await queue('1');
    const key = store.keys.message(refOf({ name: '1' }).mid);
    const data = JSON.parse((await store.real.hget(key, 'data')) ?? '{}');
    await store.real.hset(key, 'data', JSON.stringify({ ...data, quiet: true }));
    await teller().tell([note('1')]);
    expect(await heard()).toEqual([]);
  });
});
