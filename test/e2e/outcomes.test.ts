import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const ECHO = replyFlow('{{message.text}}');

let pipeline: Pipeline;
let redis: Redis;
let contact = 628_170_000_000;
let counter = 0;

beforeAll(async () => {
  pipeline = await startPipeline({
    flows: { 'echo.ygtc': ECHO },
    env: { SEND_TIMEOUT_MS: '1000', UNKNOWN_GRACE_MS: '1000', UNKNOWN_FLOOR_MS: '3000' },
    emulator: { statusDelayMs: { sent: 200, delivered: 250, read: 300 } },
  });
  redis = new Redis(pipeline.redis.url);
}, 60_000);
afterAll(async () => {
  await redis.quit();
  await pipeline.stop();
});
beforeEach(async () => {
  contact += 1;
  await fetch(`${pipeline.emulator.url}/_emulator/faults`, { method: 'DELETE' });
});

const to = () => String(contact);
const fault = async (kind: Record<string, unknown>, times = 1) => {
  const response = await fetch(`${pipeline.emulator.url}/_emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: { to: to() }, times, fault: kind }),
  });
  expect(response.status).toBeLessThan(300);
};
async function say(...words: string[]): Promise<void> {
  const number = pipeline.number.id;
  const messages = words.map((word) => ({
    number,
    from: to(),
    id: `wamid.X${(counter += 1)}`,
    content: text(word),
  }));
  const body = metaJson(webhook(messagesChange(number, messages)));
  expect(
    (await postWebhook(pipeline.webhookUrl, body, { secret: pipeline.team.appSecrets[0] ?? '' })).status,
  ).toBe(200);
}
const received = () =>
  pipeline.emulator
    .ledger()
    .filter((entry) => entry.to === to())
    .map((entry) => JSON.stringify(entry.body['text']));
const texts = (...words: string[]) => words.map((word) => JSON.stringify({ body: word }));
const arrived = (count: number) =>
  waitFor(() => (received().length >= count ? received() : undefined), `${count} messages`, 20_000);

/** The records of this contact's messages, oldest first; each as it is, its content only while it is open. */
async function records(): Promise<Record<string, string>[]> {
  const conversations = await redis.keys('{s0}:conv:*');
  const contacts = await Promise.all(conversations.map((key) => redis.hget(key, 'contact')));
  const cid = conversations[contacts.findIndex((json) => json?.includes(`"${to()}"`))]?.split(':').at(-1);
  const keys = await redis.keys('{s0}:msg:*');
  const all = await Promise.all(keys.map((key) => redis.hgetall(key)));
  return all
    .filter((record) => cid !== undefined && record['data']?.includes(`"cid":"${cid}"`))
    .sort((a, b) => Number(a['created']) - Number(b['created']));
}
const settled = (state: string) =>
  waitFor(
    async () => {
      const own = await records();
      return own.length > 0 && own.every((record) => record['state'] === state) ? own : undefined;
    },
    `every message to be ${state}`,
    20_000,
  );

describe('what becomes of an attempt', () => {
  test('a passing fault of Meta: tried again, and what waits behind it keeps its place', async () => {
    await fault({ kind: 'error', http: 500, code: 131000, title: 'Something went wrong' }, 2);
    await say('first', 'second', 'third');
    expect(await arrived(3)).toEqual(texts('first', 'second', 'third'));
    const attempts = (await settled('sent')).map((record) => record['attempt']);
    expect(attempts.sort()).toEqual(['1', '1', '3']);
  }, 40_000);

  test('a refusal for good: dead with its reason, and the next message goes', async () => {
    await fault({ kind: 'error', http: 400, code: 131026, title: 'Message undeliverable' });
    await say('refused', 'taken');
    expect(await arrived(1)).toEqual(texts('taken'));
    const refused = (await records()).find((record) => record['body']?.includes('"refused"'));
    expect(refused).toMatchObject({ state: 'dead', reason: 'bad_recipient', code: '131026' });
    expect(await redis.zcard('{s0}:dead')).toBe(1);
  });

  test('an accepted message whose answer is lost: its status settles it, and it is not sent again', async () => {
    await fault({ kind: 'reset_after_accept' });
    await say('lost answer', 'next');
    expect(await arrived(2)).toEqual(texts('lost answer', 'next'));
    expect(await settled('sent')).toContainEqual(expect.objectContaining({ attempt: '1', code: 'reset' }));
    expect((await records()).filter((record) => record['attempt'] !== '1')).toEqual([]);
    await say('later');
    expect(await arrived(3)).toEqual(texts('lost answer', 'next', 'later'));
  });

  test('an answer that never comes and no status: sent once more after the grace, never twice more', async () => {
    await fault({ kind: 'reset_before_accept' }, 1);
    await say('once more');
    expect(await arrived(1)).toEqual(texts('once more'));
    expect((await settled('sent'))[0]).toMatchObject({ attempt: '2', unknown_retries: '1' });
  }, 40_000);

  test('a failure that Meta reports later: dead with the code of the status', async () => {
    await fault({ kind: 'failed_status', code: 131049, title: 'Not delivered' });
    await say('not delivered');
    expect((await settled('dead'))[0]).toMatchObject({ reason: 'rate_limited', code: '131049' });
  });

  test('in the end nothing is open and nothing waits in a queue', async () => {
    await waitFor(
      async () => ((await redis.zcard('{s0}:outbox')) === 0 ? true : undefined),
      'the outbox to be empty',
      20_000,
    );
    const left = await redis.keys('{s0}:*');
    expect(left.filter((key) => /:(chain|lane|admitted|attempting|later|tierwait|inbox):/.test(key))).toEqual(
      [],
    );
    expect(await redis.xlen('{s0}:ready')).toBe(0);
    expect(await redis.llen('{q-1}:tier-1:wait')).toBe(0);
  }, 40_000);
});
