import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ConversationId, MessageId, NumberId, StatusKind, hash, type StatusKind as Kind } from '@alur/types';
import fc from 'fast-check';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { connect, waitUntilReady, type Connections } from './connection.ts';
import {
  admit,
  claim,
  dueMessages,
  finish,
  mergeStatuses,
  settle,
  sweep,
  type MessageRef,
  type OwnStatus,
} from './outbox.ts';
import { flightCaps, type MessageData } from './record.ts';
import { loadScript } from './script.ts';

let redis: TestRedis;
let connections: Connections;
const NUMBER = NumberId.parse('100200300');
const caps = flightCaps(80);
const policy = { throughput: 1_000, caps, leaseMs: 5_000 };
const sweepPolicy = { graceMs: 0, floorMs: 0, onUnknown: 'retry_once' as const, caps };

beforeAll(async () => {
  redis = await startRedis();
  connections = connect({ url: redis.url });
  await waitUntilReady(connections.client, 5_000);
});
afterAll(async () => {
  await connections.close();
  await redis.stop();
});
beforeEach(async () => {
  await connections.client.flushall();
});

const cidOf = (name: string) => ConversationId.parse(hash('cid', name));
const midOf = (name: string) => MessageId.parse(hash('mid', name));

/** Puts messages of one conversation where a commit would put them. */
async function queue(conversation: string, ...names: string[]): Promise<MessageRef[]> {
  const cid = cidOf(conversation);
  const refs = names.map((name): MessageRef => ({
    mid: midOf(name),
    cid,
    class: 'reply',
    shard: 0,
    number: NUMBER,
  }));
  const commit = loadScript('commit');
  const evt = hash('evt', conversation, ...names);
  const client = connections.client;
  await client.rpush(`{s0}:inbox:${cid}`, `${evt}{}`);
  const version = (await client.hget(`{s0}:conv:${cid}`, 'version')) ?? '0';
  const args = refs.flatMap(({ mid }): string[] => {
    const data: MessageData = {
      mid,
      cid,
      class: 'reply',
      tenant: 'default',
      team: 'default',
      number: NUMBER,
      to: { waId: '1' },
      message: { kind: 'text', text: 'x' },
      retryOnRateLimit: false,
    };
    return [mid, 'reply', JSON.stringify(data)];
  });
  await client.xgroup('CREATE', '{s0}:ready', 'runners', '0', 'MKSTREAM').catch(() => undefined);
  const flight = ['admitted', 'attempting'].map((set) => `{s0}:${set}:${NUMBER}`);
  const lanes = ['reply', 'notification', 'broadcast'].map((lane) => `{s0}:lane:${NUMBER}:${lane}`);
  const chains = ['reply', 'notification', 'broadcast'].map((lane) => `{s0}:chain:${cid}:${lane}`);
  const records = refs.map(({ mid }) => `{s0}:msg:${mid}`);
  const keys = [
    '{s0}:ready',
    `{s0}:inbox:${cid}`,
    `{s0}:conv:${cid}`,
    '{s0}:outbox',
    ...flight,
    ...lanes,
    ...chains,
    ...records,
  ];
  await commit.run(client, keys, [
    'runners',
    '0-1',
    evt,
    version,
    '{}',
    '{}',
    0,
    cid,
    caps.ahead,
    caps.flying,
    NUMBER,
    3600,
    ...args,
  ]);
  return refs;
}

const field = (ref: MessageRef | undefined, name: string) =>
  connections.client.hget(`{s0}:msg:${ref?.mid}`, name);
const status = (ref: MessageRef, kind: Kind, attempt = 1): OwnStatus => ({
  number: NUMBER,
  wamid: `wamid.${attempt}`,
  status: kind,
  at: 1,
  mid: ref.mid,
  attempt,
  ...(kind === 'failed' && { errorCode: 131026 }),
});
const one = async (...names: string[]): Promise<MessageRef> => {
  const [ref] = await queue('c', ...(names.length > 0 ? names : ['m']));
  if (!ref) throw new Error('no message');
  return ref;
};

describe('claim()', () => {
  test('gives an attempt to one of many that ask', async () => {
    const ref = await one();
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => claim(connections.client, ref, policy)),
    );
    expect(claims.filter(({ kind }) => kind === 'go')).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === 'no')).toHaveLength(19);
  });

  test('answers no for a message that is not there or is over', async () => {
    const ref = await one();
    expect(await claim(connections.client, { ...ref, mid: midOf('other') }, policy)).toEqual({
      kind: 'no',
      state: 'missing',
    });
    await claim(connections.client, ref, policy);
    await finish(connections.client, ref, 1, { outcome: { kind: 'sent', wamid: 'wamid.1' }, caps });
    expect(await claim(connections.client, ref, policy)).toEqual({ kind: 'no', state: 'sent' });
  });

  test('lets no second see more than the limit, however many ask at once, and uses most of it', async () => {
    const throughput = 80;
    const names = Array.from({ length: 400 }, (_, index) => `m${index}`);
    const refs = (await Promise.all(names.map((name) => queue(name, name)))).flat();
    const starts: number[] = [];
    const began = Date.now();
    const worker = async (): Promise<void> => {
      for (let ref = refs.shift(); ref && Date.now() - began < 2_500;) {
        const claimed = await claim(connections.client, ref, { ...policy, throughput });
        if (claimed.kind === 'go') {
          starts.push(Number(await field(ref, 'started')));
          ref = refs.shift();
        } else if (claimed.kind === 'wait') await new Promise((resolve) => setTimeout(resolve, claimed.ms));
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    starts.sort((a, b) => a - b);
    const windows = starts.map(
      (start) => starts.filter((other) => other >= start && other < start + 1_000).length,
    );
    expect(Math.max(...windows)).toBeLessThanOrEqual(throughput);
    expect(Math.max(...windows)).toBeGreaterThanOrEqual(throughput * 0.85);
  });
});

describe('finish()', () => {
  test('lets the next message of the chain go when one is sent, dead or taken off, and not before', async () => {
    const [a, b, c] = await queue('c', 'a', 'b', 'c');
    if (!a || !b || !c) throw new Error('no messages');
    await claim(connections.client, a, policy);
    const retried = await finish(connections.client, a, 1, {
      outcome: { kind: 'retry', code: '1', delayMs: 0 },
      caps,
    });
    expect(retried).toEqual({ ok: true, admitted: [] });
    await claim(connections.client, a, policy);
    const sent = await finish(connections.client, a, 2, {
      outcome: { kind: 'sent', wamid: 'wamid.2' },
      caps,
    });
    expect(sent.admitted.map(({ mid }) => mid)).toEqual([b.mid]);
    await claim(connections.client, b, policy);
    const unknown = await finish(connections.client, b, 1, {
      outcome: { kind: 'unknown', code: 'timeout', graceMs: 1 },
      caps,
    });
    expect(unknown.admitted).toEqual([]);
    await mergeStatuses(connections.client, 0, [status(b, 'sent')]);
    expect((await settle(connections.client, b, caps)).map(({ mid }) => mid)).toEqual([c.mid]);
    await claim(connections.client, c, policy);
    await finish(connections.client, c, 1, {
      outcome: { kind: 'dead', code: '131026', reason: 'bad_recipient' },
      caps,
    });
    expect(await connections.client.zrange('{s0}:dead', '0', '-1')).toEqual([c.mid]);
    expect(await connections.client.zcard('{s0}:outbox')).toBe(0);
    expect(await connections.client.exists(`{s0}:chain:${c.cid}:reply`, `{s0}:attempting:${NUMBER}`)).toBe(0);
  });

  test('changes nothing for an attempt that is not the open one', async () => {
    const ref = await one();
    await claim(connections.client, ref, policy);
    await finish(connections.client, ref, 1, { outcome: { kind: 'sent', wamid: 'wamid.1' }, caps });
    const late = await finish(connections.client, ref, 1, {
      outcome: { kind: 'unknown', code: 'timeout', graceMs: 1 },
      caps,
    });
    expect(late.ok).toBe(false);
    expect(await field(ref, 'state')).toBe('sent');
  });
});

describe('admit()', () => {
  test('gives a place that became free silently to a message that waits, and only as many as there are', async () => {
    const refs = (await Promise.all(['a', 'b', 'c', 'd'].map((name) => queue(name, name)))).flat();
    const lane = `{s0}:lane:${NUMBER}:reply`;
    expect(await connections.client.llen(lane)).toBe(refs.length - caps.ahead);
    expect(await admit(connections.client, 0, NUMBER, caps)).toEqual([]);
    await connections.client.zpopmin(`{s0}:admitted:${NUMBER}`);
    expect(await admit(connections.client, 0, NUMBER, caps)).toHaveLength(1);
    expect(await connections.client.llen(lane)).toBe(refs.length - caps.ahead - 1);
  });
});

describe('sweep()', () => {
  const due = () => dueMessages(connections.client, 0, Date.now() + 60_000, 100);
  const makeDue = (ref: MessageRef) => connections.client.zadd('{s0}:outbox', 1, ref.mid);

  test('asks for a job again for an admitted message, never for one that waits behind another', async () => {
    const [a, b] = await queue('c', 'a', 'b');
    if (!a || !b) throw new Error('no messages');
    expect(await due()).toEqual([a.mid]);
    await makeDue(a);
    expect(await sweep(connections.client, a, sweepPolicy)).toMatchObject({ action: 'job', attempt: 1 });
    await makeDue(b);
    expect(await sweep(connections.client, b, sweepPolicy)).toMatchObject({ action: 'none' });
    expect(await connections.client.zscore('{s0}:outbox', b.mid)).toBe('inf');
  });

  test('makes an attempt whose sender was lost unknown only after its lease', async () => {
    const ref = await one();
    await claim(connections.client, ref, { ...policy, leaseMs: 60_000 });
    await makeDue(ref);
    expect(await sweep(connections.client, ref, sweepPolicy)).toMatchObject({ action: 'none' });
    await connections.client.hset(`{s0}:msg:${ref.mid}`, 'lease', '1');
    await makeDue(ref);
    expect(await sweep(connections.client, ref, sweepPolicy)).toMatchObject({ action: 'unknown' });
    expect(await field(ref, 'state')).toBe('unknown');
  });

  test('waits for the status path to be alive, then retries an unknown once, then parks it', async () => {
    const ref = await one();
    const unknown = async (attempt: number) => {
      await claim(connections.client, ref, policy);
      await finish(connections.client, ref, attempt, {
        outcome: { kind: 'unknown', code: 'timeout', graceMs: 0 },
        caps,
      });
      await makeDue(ref);
    };
    const patient = { ...sweepPolicy, floorMs: 3_600_000 };
    await unknown(1);
    expect(await sweep(connections.client, ref, patient)).toMatchObject({ action: 'none' });
    const later = Date.now() + 1_000;
    await connections.client.zadd(
      `{s0}:statuses:${NUMBER}`,
      String(later),
      'x',
      String(later),
      'y',
      String(later),
      'z',
    );
    await makeDue(ref);
    expect(await sweep(connections.client, ref, patient)).toMatchObject({ action: 'retry', attempt: 2 });
    await unknown(2);
    await connections.client.hset(`{s0}:msg:${ref.mid}`, 'started', '1');
    expect(await sweep(connections.client, ref, patient)).toMatchObject({ action: 'parked' });
    expect(await field(ref, 'reason')).toBe('unknown_outcome');
    expect(await connections.client.zcard('{s0}:outbox')).toBe(0);
  });

  test('ends what a status settled but nobody cleared away', async () => {
    const [a, b] = await queue('c', 'a', 'b');
    if (!a || !b) throw new Error('no messages');
    await claim(connections.client, a, policy);
    await mergeStatuses(connections.client, 0, [status(a, 'delivered')]);
    await makeDue(a);
    const swept = await sweep(connections.client, a, sweepPolicy);
    expect(swept).toMatchObject({ action: 'ended', admitted: [{ mid: b.mid }] });
  });
});

describe('mergeStatuses()', () => {
  const kinds = StatusKind.options.filter((kind) => kind !== 'other');

  test('ends the same in every order and number, before or after the answer of the POST', async () => {
    let run = 0;
    const steps = fc.shuffledSubarray([...kinds, 'finish' as const], { minLength: 1 });
    const ends = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fc.nat(4), { maxLength: 3 }), async (order, repeats) => {
        const [ref] = await queue(`c${(run += 1)}`, `m${run}`);
        if (!ref) throw new Error('no message');
        await claim(connections.client, ref, { ...policy, throughput: 100_000 });
        const repeated = repeats.flatMap((index) => order[index] ?? []);
        for (const step of [...order, ...repeated]) {
          if (step === 'finish')
            await finish(connections.client, ref, 1, { outcome: { kind: 'sent', wamid: 'wamid.1' }, caps });
          else await mergeStatuses(connections.client, 0, [status(ref, step)]);
        }
        const set = [...order].sort().join();
        const end = `${await field(ref, 'state')} ${await field(ref, 'rank')}`;
        expect([end, ends.get(set) ?? end]).toEqual([end, end]);
        ends.set(set, end);
      }),
      { numRuns: 300, seed: 20_261_123 },
    );
  });

  test("makes a delivered message never fail, and a failed one dead with Meta's code", async () => {
    const [a] = await queue('ca', 'a');
    const [b] = await queue('cb', 'b');
    if (!a || !b) throw new Error('no messages');
    for (const ref of [a, b]) await claim(connections.client, ref, policy);
    await mergeStatuses(connections.client, 0, [
      status(a, 'delivered'),
      status(a, 'failed'),
      status(b, 'sent'),
      status(b, 'failed'),
    ]);
    expect([await field(a, 'state'), await field(b, 'state')]).toEqual(['sent', 'dead']);
    expect([await field(b, 'reason'), await field(b, 'code')]).toEqual(['undeliverable', '131026']);
  });

  test('takes nothing for another number, an attempt that was not made, or a message it does not know', async () => {
    const ref = await one();
    await claim(connections.client, ref, policy);
    const outcomes = await mergeStatuses(connections.client, 0, [
      { ...status(ref, 'sent'), number: NumberId.parse('999') },
      status(ref, 'sent', 2),
      { ...status(ref, 'sent'), mid: midOf('other') },
      status(ref, 'other'),
    ]);
    expect(outcomes).toEqual(['unmatched', 'unmatched', 'unmatched', 'unmatched']);
    expect(await field(ref, 'state')).toBe('attempting');
  });

  test('settles an unknown outcome, so that the chain moves on and the message is not sent again', async () => {
    const [a, b] = await queue('c', 'a', 'b', 'c');
    if (!a || !b) throw new Error('no messages');
    await claim(connections.client, a, policy);
    await finish(connections.client, a, 1, {
      outcome: { kind: 'unknown', code: 'reset', graceMs: 60_000 },
      caps,
    });
    expect(await mergeStatuses(connections.client, 0, [status(a, 'sent')])).toEqual(['settle']);
    expect((await settle(connections.client, a, caps)).map(({ mid }) => mid)).toEqual([b.mid]);
    expect(await settle(connections.client, a, caps)).toEqual([]);
    expect(await connections.client.llen(`{s0}:chain:${a.cid}:reply`)).toBe(2);
    await waitFor(async () => ((await field(a, 'state')) === 'sent' ? true : undefined), 'the state');
  });
});
