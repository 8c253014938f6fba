import { hash } from '@alur/types';
import { afterEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '../../../test/support/wait.ts';
import { claim } from './claim.ts';
import { connect, waitUntilReady, type Connections } from './connection.ts';
import { enqueue } from './enqueue.ts';
import { finish } from './finish.ts';
import type { Admitted } from './record.ts';
import {
  createTierQueues,
  startTierWorker,
  type Reminder,
  type TierQueues,
  type TierWorker,
} from './queues.ts';
import type { SendingNumber } from './sending-number.ts';
import { messageOf, numberOf, refOf } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
let connections: Connections | undefined;
let worker: TierWorker | undefined;
afterEach(async () => {
  await worker?.close();
  await connections?.close();
  connections = undefined;
  worker = undefined;
});

async function open(): Promise<{ queues: TierQueues; connections: Connections }> {
  connections = connect({ url: store.url });
  const client = connections.bull('queue');
  await waitUntilReady(client, 5_000);
  return { queues: createTierQueues(client), connections };
}
function work(made: Connections, process: (reminder: Reminder) => Promise<void>, concurrency = 1): void {
  worker = startTierWorker({
    tier: '1',
    concurrency,
    client: made.bull('worker'),
    process: (reminder) => process(reminder).then(() => ({ kind: 'done' as const })),
    onError: (error) => {
      throw error;
    },
  });
}
const numbersOf = (tenant: string, count: number): SendingNumber[] =>
  Array.from({ length: count }, (_, index) =>
    numberOf({ id: `${tenant.charCodeAt(0)}${index}`, tenant, tier: '1', throughput: 1_000 }),
  );

describe('the queue of a tier', () => {
  // More than a number has places in the queue, so that every message sent lets another in.
  const most = 150;

  /** Sends through one saturated worker; returns whose each message was. */
  async function sendAll(tenants: Record<string, number>, sends: number): Promise<string[]> {
    const opened = await open();
    const { queues } = opened;
    const numbers = Object.entries(tenants).flatMap(([tenant, count]) => numbersOf(tenant, count));
    const byId = new Map(numbers.map((number) => [number.id, number]));
    const add = (number: SendingNumber, admitted: readonly Admitted[]) =>
      queues.add(number.tier, { shard: 0, number: number.id }, admitted);
    for (const number of numbers) {
      const said = Array.from({ length: most }, (_, index) => ({ name: `${number.id}-${index}`, number }));
      await Promise.all(said.map(({ name }) => store.hear(name, 60, number)));
      for (let start = 0; start < most; start += 100) {
        const messages = said.slice(start, start + 100).map(messageOf);
        await add(number, await enqueue(store.real, 0, number, messages));
      }
    }
    const sent: string[] = [];
    work(opened.connections, async ({ number: id, ...reminder }) => {
      const number = byId.get(id);
      if (!number) throw new Error('no such number');
      const ref = { ...reminder, number };
      const claimed = await claim(store.real, ref, { leaseMs: 15_000, handMs: 0 });
      if (claimed.kind === 'wait') throw new Error('it waits');
      await add(number, claimed.admitted);
      if (claimed.kind !== 'go') return;
      sent.push(number.tenant);
      const outcome = { kind: 'sent', wamid: hash(ref.mid) } as const;
      const options = { outcome, maxTries: 5, credentialMark: '', spread: 1 };
      await add(number, (await finish(store.real, ref, claimed.attempt, options)).admitted);
    });
    await waitFor(() => (sent.length >= sends ? true : undefined), 'the messages to be sent');
    return sent.slice(0, sends);
  }

  test('shares a busy sender between tenants, however many numbers each has', async () => {
    const sent = await sendAll({ large: 10, small: 1 }, 2.4 * most);
    // Until the small one has nothing left.
    const last = sent.lastIndexOf('small');
    const busy = sent.slice(0, last + 1);
    const small = busy.filter((tenant) => tenant === 'small').length;
    expect(small).toBe(most);
    expect(small / busy.length).toBeGreaterThanOrEqual(0.4);
    expect(small / busy.length).toBeLessThanOrEqual(0.65);
  });

  test('a tenant that comes late is served with the others, not before all of them or after', async () => {
    const turns = async (tenant: string, count: number, from = 0): Promise<number[]> => {
      const [number] = numbersOf(tenant, 1);
      if (!number) throw new Error('no number');
      const said = Array.from({ length: count }, (_, index) => ({
        name: `${tenant}${from + index}`,
        number,
      }));
      const admitted = await enqueue(store.real, 0, number, said.map(messageOf));
      return admitted.map(({ turn = 0 }) => turn);
    };
    const first = await turns('old', 40);
    expect(first).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    const [number] = numbersOf('old', 1);
    if (!number) throw new Error('no number');
    await store.hear('old0', 60, number);
    await claim(store.real, { ...refOf({ name: 'old0', number }), turn: 16 }, { leaseMs: 1, handMs: 0 });
    expect(await turns('late', 3)).toEqual([17, 18, 19]);
    // What a sender says that had stood still does not bring the turns back.
    await claim(store.real, { ...refOf({ name: 'old0', number }), turn: 8 }, { leaseMs: 1, handMs: 0 });
    expect(await turns('later', 1)).toEqual([17]);
  });

  test('begins again when the turns are used up, and no turn of before holds anybody back', async () => {
    const [number] = numbersOf('old', 1);
    if (!number) throw new Error('no number');
    const end = 2 ** 23;
    const say = async (name: string) => {
      const [admitted] = await enqueue(store.real, 0, number, [messageOf({ name, number })]);
      return admitted?.turn;
    };
    await store.real.set(store.keys.servedTurn('1'), end - 2);
    await store.real.set(store.keys.tenantTurn('1', 'other'), end - 1);
    expect(await say('a')).toBe(end - 1);
    expect(await say('b')).toBe(end);
    expect(await say('c')).toBe(1);
    await claim(store.real, { ...refOf({ name: 'a', number }), turn: end }, { leaseMs: 1, handMs: 0 });
    expect(await store.real.get(store.keys.servedTurn('1'))).toBe('0');
    const other = { ...number, tenant: 'other' };
    const [theirs] = await enqueue(store.real, 0, { ...other, id: numberOf({ id: '77' }).id }, [
      messageOf({ name: 'd', number: { ...other, id: numberOf({ id: '77' }).id } }),
    ]);
    expect(theirs?.turn).toBe(1);
  });

  test('lets a reminder of the sweeper go before everything else, and counts what waits', async () => {
    const opened = await open();
    const refs = ['a', 'b', 'c'].map((name) => refOf({ name }));
    const where = { shard: 0, number: numberOf().id };
    const admitted = refs.map(({ mid, cid, class: kind }, index) => ({
      mid,
      cid,
      class: kind,
      turn: index + 1,
    }));
    await opened.queues.add('1', where, admitted.slice(0, 2));
    const [, , third] = admitted;
    if (!third) throw new Error('no message');
    await opened.queues.remind('1', { ...third, ...where }, 1);
    await opened.queues.remind('1', { ...third, ...where }, 1);
    expect(await opened.queues.depth('1', Date.now())).toMatchObject({ waiting: 3, delayed: 0, active: 0 });
    expect((await opened.queues.depth('1', Date.now() + 5_000)).oldestAgeS).toBeGreaterThanOrEqual(5);
    const order: string[] = [];
    work(opened.connections, ({ mid }) => Promise.resolve(void order.push(mid)));
    await waitFor(() => (order.length === 3 ? true : undefined), 'three jobs');
    expect(order).toEqual([third.mid, refs[0]?.mid, refs[1]?.mid]);
  });

  test('tells a job the newest turn that its worker has come to, where that is news', async () => {
    const opened = await open();
    const said = ['a', 'b', 'c', 'd'].map((name) => refOf({ name }));
    const turns = [40, 9, 40, 41];
    const where = { shard: 0, number: numberOf().id };
    const seen: (number | undefined)[] = [];
    work(opened.connections, ({ turn }) => Promise.resolve(void seen.push(turn)));
    for (const [index, ref] of said.entries()) {
      const { mid, cid, class: kind } = ref;
      await opened.queues.add('1', where, [{ mid, cid, class: kind, turn: turns[index] }]);
      await waitFor(() => (seen.length === index + 1 ? true : undefined), 'the job');
    }
    expect(seen).toEqual([40, 40, undefined, 48]);
  });
});
