import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emit, failSubscription, shardOf, takeSubscription, type SubscriptionRef } from '@alur/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { runAlur } from '../../testing/run-alur.ts';
import { ACME, startTestPlace, type TestPlace } from '../../testing/test-place.ts';

const DAY_MS = 86_400_000;
const SHARD = shardOf('acme', 3);
const crm: SubscriptionRef = { tenant: 'acme', team: 'default', subscriber: 'crm' };
const gone: SubscriptionRef = { ...crm, subscriber: 'gone' };
const PAYLOAD = { what: 'a secret wish' };

let place: TestPlace;
beforeAll(async () => {
  place = await startTestPlace();
  const answers = {
    enabled: true,
    public_base_url: 'https://bot.example',
    phone_number_id: ACME,
    access_token: 'token-of-the-test',
    verify_token: 'verify-token-of-the-test',
    subscribers: [{ id: 'crm', url: 'https://crm.example' }],
    subscriber_secrets: { crm: 'a-secret-of-sixteen' },
  };
  await writeFile(join(place.cwd, 'more.json'), JSON.stringify(answers));
  const ran = await runAlur(
    ['setup', '--answers', 'more.json', 'b', '--tenant', 'acme', '--non-interactive'],
    place.cwd,
  );
  if (ran.exit !== 0) throw new Error(ran.err);
});
afterAll(async () => {
  await place.stop();
});
beforeEach(async () => {
  await place.store.client.flushall();
  await place.store.client.hset('alur:meta', 'shards', 3);
});

const alur = (line: string, more: Parameters<typeof runAlur>[2] = {}) =>
  runAlur([...line.split(' '), '--redis', place.redis.url], place.cwd, { env: { BUNDLE_DIR: 'b' }, ...more });
const json = async (line: string) => {
  const ran = await alur(`${line} --json`);
  return { exit: ran.exit, ...z.looseObject({ data: z.unknown() }).parse(JSON.parse(ran.out)) };
};

/** Emits an event, and has a subscriber fail it until it is given up. */
async function giveUp(id: string, of = crm, type = 'message.received'): Promise<void> {
  const { client } = place.store;
  const options = { owner: 'a', reopen: true };
  await takeSubscription(client, SHARD, of, options);
  await emit(client, SHARD, [{ ...of, id, type, at: 100, payload: PAYLOAD }]);
  const taken = await takeSubscription(client, SHARD, of, options);
  if (taken.kind !== 'taken') throw new Error('nothing to fail');
  const entry = taken.events[0]?.entry ?? '';
  const failure = { owner: 'a', cursor: taken.cursor, entry, isGone: false, answer: '503' };
  await failSubscription(client, SHARD, of, failure);
  for (const key of await client.keys('*:subscription:*'))
    if ((await client.hget(key, 'failing')) === entry)
      await client.hset(key, 'since', Date.now() - DAY_MS, 'next', 0);
  await takeSubscription(client, SHARD, of, options);
  await failSubscription(client, SHARD, of, failure);
}

describe('alur subscribers', () => {
  test('says where each stands, and why', async () => {
    expect((await alur('subscribers')).out).toMatch(/acme\/default +crm +not begun +- +- +0 +-\n/);
    const { client } = place.store;
    await takeSubscription(client, SHARD, crm, { owner: 'a', reopen: false });
    expect((await alur('subscribers list')).out).toMatch(/crm +up to date +0/);
    await emit(client, SHARD, [{ ...crm, id: 'one', type: 'order.paid', at: 100, payload: null }]);
    const taken = await takeSubscription(client, SHARD, crm, { owner: 'a', reopen: false });
    const entry = taken.kind === 'taken' ? (taken.events[0]?.entry ?? '') : '';
    const failure = { owner: 'a', cursor: '0-0', entry, isGone: false, answer: 'timeout' };
    await failSubscription(client, SHARD, crm, failure);
    const ran = await json('subscribers list');
    expect(ran.data).toMatchObject({
      subscribers: [{ id: 'crm', begun: true, behind: 1, tries: 1, lastFailure: { answer: 'timeout' } }],
    });
  });
});

describe('alur subscribers dead', () => {
  test('lists what was given up, by filters, with nothing personal', async () => {
    await giveUp('one');
    await giveUp('two', crm, 'order.paid');
    const ran = await alur('subscribers dead list');
    expect(ran.out).toMatch(/acme\/default +crm +order\.paid +2 +503\n.*message\.received/);
    expect(ran.out).toContain('2 undelivered events');
    expect(ran.out).not.toContain('secret');
    expect((await json('subscribers dead list --type message.*')).data).toMatchObject({ total: 1 });
    expect((await json('subscribers dead list --tenant zoo')).data).toMatchObject({ total: 0 });
    expect((await json('subscribers dead list --subscriber erp')).data).toMatchObject({ total: 0 });
    expect((await alur('subscribers dead list --limit x')).exit).toBe(2);
  });

  test('shows one, and its payload only when that is asked for', async () => {
    await giveUp('one');
    const list = z
      .object({ events: z.array(z.object({ id: z.string() })) })
      .parse((await json('subscribers dead list')).data);
    const id = list.events[0]?.id ?? '';
    const plain = await alur(`subscribers dead show ${id.slice(0, 8)}`);
    expect(plain.out).toMatch(/webhook-id +one\n/);
    expect(plain.out).not.toContain('secret');
    expect((await alur(`subscribers dead show ${id} --body`)).out).toContain('a secret wish');
    expect((await alur('subscribers dead show ffffff')).exit).toBe(4);
    expect((await alur('subscribers dead show *')).exit).toBe(2);
  });

  test('replays and drops what is chosen, and leaves what nobody would hear', async () => {
    await giveUp('one');
    await giveUp('two', gone);
    expect((await alur('subscribers dead replay')).exit).toBe(2);
    expect((await alur('subscribers dead replay --all --dry-run')).out).toContain('To be replayed: 1 event');
    const ran = await json('subscribers dead replay --all --yes');
    expect(ran).toMatchObject({ exit: 7, data: { replayed: 1, refused: 1 } });
    const taken = await takeSubscription(place.store.client, SHARD, crm, { owner: 'a', reopen: true });
    expect(taken.kind === 'taken' && taken.events.at(-1)).toMatchObject({ id: 'one', only: 'crm' });
    await giveUp('three', gone);
    expect((await alur('subscribers dead drop --all')).exit).toBe(7);
    expect((await json('subscribers dead drop --all --yes')).data).toMatchObject({ dropped: 2 });
    expect((await alur('subscribers dead list')).out).toBe('No undelivered events.\n');
  });
});
