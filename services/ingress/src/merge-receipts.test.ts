import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  claim,
  createStatusTeller,
  createTierQueues,
  enqueue,
  finish,
  openConversation,
  openStore,
  publishWants,
  readEmitted,
  readNumber,
  type MessageRef,
  type Store,
  type TierQueues,
} from '@alur/store';
import { hash, MessageId, type StatusUpdate } from '@alur/types';
import { aBundle, aNumber, aTeam } from '../../../test/support/bundle.ts';
import { plainIntake } from '../../../test/support/events.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { mergeReceipts } from './merge-receipts.ts';

let redis: TestRedis;
let store: Store;
let queues: TierQueues;
const number = aNumber('7');
const bundle = aBundle([aTeam('default', 'default', { numbers: [number] })]);

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  queues = createTierQueues(store.bull('queue'));
});
afterEach(async () => {
  await queues.close();
  await store.close();
  await redis.stop();
});

/** A template that was sent once, with this wamid, or is still on its way. */
async function sentMessage(name: string, wamid?: string): Promise<MessageRef> {
  const { client } = store;
  const cid = await openConversation(client, 0, number, { waId: `62${name.length}` });
  const mid = MessageId.parse(hash(name));
  const message = { kind: 'template' as const, template: { name: 'news', language: { code: 'en' } } };
  const data = {
    mid,
    cid,
    class: 'notification' as const,
    tenant: 'default',
    team: 'default',
    number: number.id,
  };
  await enqueue(client, 0, number, [{ data, body: { to: { waId: '62' }, message }, retryOnRateLimit: true }]);
  const ref: MessageRef = { mid, cid, class: 'notification', shard: 0, number };
  expect(await claim(client, ref, { leaseMs: 10_000, handMs: 0 })).toMatchObject({ kind: 'go', attempt: 1 });
  const how = { maxTries: 5, credentialMark: '', spread: 1 };
  if (wamid !== undefined) await finish(client, ref, 1, { ...how, outcome: { kind: 'sent', wamid } });
  return ref;
}
const merge = (status: Partial<StatusUpdate>) =>
  mergeReceipts(
    [{ number, status: { number: number.id, wamid: 'wamid.1', status: 'sent', at: 1, ...status } }],
    {
      client: store.client,
      queues,
      shards: 1,
      bundle,
      teller: createStatusTeller({ client: store.client, shards: 1, intake: plainIntake(store) }),
    },
  );
const record = ({ mid }: MessageRef) => store.client.hgetall(`{s0}:msg:${mid}`);

describe('mergeReceipts()', () => {
  test('merges a status by its tag, before the answer to the POST is known', async () => {
    const ref = await sentMessage('a');
    expect(await merge({ mid: ref.mid, attempt: 1 })).toEqual(['settle']);
    expect(await record(ref)).toMatchObject({ state: 'sent', wamid: 'wamid.1' });
  });

  test('joins a status without a tag by its wamid', async () => {
    const ref = await sentMessage('a', 'wamid.1');
    expect(await merge({ status: 'failed', errorCode: 131026 })).toEqual(['settle']);
    expect(await record(ref)).toMatchObject({ state: 'dead', reason: 'bad_recipient', code: '131026' });
  });

  test('keeps a status that nobody knows yet, and the message gets it when its wamid is known', async () => {
    const ref = await sentMessage('a');
    expect(await merge({ status: 'failed', errorCode: 131026 })).toEqual(['unmatched']);
    const how = { maxTries: 5, credentialMark: '', spread: 1 };
    const finished = await finish(store.client, ref, 1, {
      ...how,
      outcome: { kind: 'sent', wamid: 'wamid.1' },
    });
    expect(finished.early).toMatchObject([{ status: 'failed', errorCode: 131026 }]);
  });

  test('merges what had waited, too, when a status tells the wamid and the answer to the POST never does', async () => {
    const ref = await sentMessage('a');
    await merge({ status: 'failed', errorCode: 131026 });
    await merge({ mid: ref.mid, attempt: 1 });
    expect(await record(ref)).toMatchObject({ state: 'dead', reason: 'bad_recipient' });
  });

  test('tries again what failed for a passing reason', async () => {
    const ref = await sentMessage('a', 'wamid.1');
    expect(await merge({ mid: ref.mid, attempt: 1, status: 'failed', errorCode: 131000 })).toEqual(['again']);
    expect(await record(ref)).toMatchObject({ state: 'queued', code: '131000' });
    expect(await store.client.zcard('{s0}:later:7')).toBe(1);
  });

  test('holds the WABA when a failure is about all of it', async () => {
    const ref = await sentMessage('a', 'wamid.1');
    await merge({ mid: ref.mid, attempt: 1, status: 'failed', errorCode: 131031 });
    expect(await readNumber(store.client, 0, number)).toMatchObject({
      pausedUntilMs: Infinity,
      pausedCode: '131031',
    });
  });

  test('opts out of marketing who told WhatsApp so', async () => {
    const ref = await sentMessage('a', 'wamid.1');
    await merge({ mid: ref.mid, attempt: 1, status: 'failed', errorCode: 131050 });
    expect(await record(ref)).toMatchObject({ state: 'dead', reason: 'opted_out' });
    const wishes = Object.entries(await store.client.hgetall('{s0}:optouts:default'));
    expect(wishes).toEqual([[expect.stringMatching(/^m:/), expect.stringMatching(/^out:\d+:error_131050$/)]]);
  });

  test('tells the flows that want to know, once for each thing that became of a message', async () => {
    const ref = await sentMessage('a', 'wamid.1');
    const at = Math.floor(Date.now() / 1000);
    // As the contact's own turns leave it.
    await store.client.hset(`{s0}:conv:${ref.cid}`, 'contact', JSON.stringify({ waId: '621' }));
    const inbox = () => store.client.lrange(`{s0}:inbox:${ref.cid}`, 0, -1);
    await merge({ status: 'sent', at });
    expect(await inbox()).toEqual([]);
    await publishWants(store.client, 0, { tenant: 'default', team: 'default' }, { statuses: true });
    await merge({ status: 'delivered', at });
    await merge({ status: 'delivered', at });
    await merge({ status: 'failed', errorCode: 131026, at });
    const events = (await inbox()).map((item) => JSON.parse(item.slice(32)));
    expect(events).toMatchObject([
      { kind: 'status', from: { waId: '621' }, status: { state: 'delivered', wamid: 'wamid.1' } },
      { kind: 'status', status: { state: 'failed', code: 131026, reason: 'bad_recipient' } },
    ]);
  });

  test('tells subscribers that want to hear of it, once for each thing that became of a message', async () => {
    const team = bundle.tenants[0]?.teams[0];
    if (!team) throw new Error('no team');
    const ref = await sentMessage('a', 'wamid.1');
    await merge({ status: 'delivered' });
    expect(await readEmitted(store.client, 0, '', 10)).toEqual([]);
    team.subscribers = [{ id: 'crm', url: 'https://a.b', events: ['message.*'], secrets: ['s'] }];
    await merge({ status: 'read', at: 5 });
    await merge({ status: 'read', at: 5 });
    team.subscribers = [];
    const told = await readEmitted(store.client, 0, '', 10);
    expect(told.map(({ type, at }) => [type, at])).toEqual([
      ['message.sent', 5],
      ['message.read', 5],
    ]);
    expect(told[1]).toMatchObject({ cid: ref.cid, payload: { message_id: ref.mid, wamid: 'wamid.1' } });
  });
});
