import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { everythingIn, keysWith } from '../../packages/store/src/testing/everything-in.ts';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';

// A contact is forgotten while everything runs: conversations that wait, messages on their way, dead ones, events that nobody took.

const KEY = 'a-key-of-at-least-24-characters';
const ANA = { waId: '6281234567890', name: 'Ana Lestari' };
const BUDI = { waId: '6281111111111', name: 'Budi Santoso' };
const SECRETS = [ANA.waId, ANA.name, 'the-blue-door', 'sent-by-api'];

const BOOKING = `name: booking
version: '1.0'
nodes:
  - { id: ask, type: reply, config: { message: 'How many guests, {{contact.name}}?' }, next: mark }
  - { id: mark, type: tag, config: { add: [guest] }, next: tell }
  - { id: tell, type: event, config: { event_type: booking.asked, payload: { note: 'of {{contact.name}}' } }, next: hold }
  - id: hold
    type: wait
    config: { save: guests, timeout: 3600, on_timeout: late }
    next: done
  - { id: done, type: reply, config: { message: 'Noted: {{guests}}' } }
  - { id: late, type: reply, config: { message: 'Too late' } }
triggers:
  - { type: keyword, words: [book], target: ask }
`;

let pipeline: Pipeline;
let redis: Redis;
beforeAll(async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  pipeline = await startPipeline({
    flows: { 'booking.ygtc': BOOKING },
    secrets: { api_keys: [KEY], subscriber_secrets: { crm: 'x'.repeat(32) } },
    subscribers: [{ id: 'crm', url: nobody, events: ['*'] }],
    httpAllow: ['127.0.0.1'],
    readReceipts: 'read',
    emulator: { enforce: { window: 'api' } },
  });
  redis = new Redis(pipeline.redis.url);
}, 60_000);
afterAll(async () => {
  await redis.quit();
  await pipeline.stop();
});

async function call(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${pipeline.apiUrl}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify(body),
  });
  if (response.status >= 300) throw new Error(`${path}: ${response.status}`);
  return response.json();
}
const erase = () => call('contacts/erase', { to: { wa_id: ANA.waId } });
const sendByApi = (to: string, text: string) =>
  call('messages', { to: { wa_id: to }, message: { kind: 'text', text }, idempotency_key: text });
const sentTo = (to: string) => pipeline.emulator.ledger().filter((entry) => entry.to === to);
const left = async () => keysWith(await everythingIn(redis), SECRETS);

async function isQuiet(): Promise<void> {
  const isEmpty = async () => ((await redis.xlen('{s0}:ready')) === 0 ? true : undefined);
  await waitFor(isEmpty, 'all that was said to have had its turn', 30_000);
}

describe('POST contacts/erase', () => {
  test('leaves nothing of a contact, whatever is under way, and the next word opens a new conversation', async () => {
    await say(pipeline, ANA, 'book');
    await say(pipeline, BUDI, 'book');
    await waitFor(
      () => (sentTo(ANA.waId).length >= 1 && sentTo(BUDI.waId).length >= 1 ? true : undefined),
      'questions',
    );
    // One that died: its window is over.
    const twoDaysAgo = Math.floor(Date.now() / 1000) - 2 * 86_400;
    await say(pipeline, { waId: '6281234567899', name: 'Ana Lestari' }, 'book', { timestamp: twoDaysAgo });
    await waitFor(async () => ((await redis.zcard('{s0}:dead')) > 0 ? true : undefined), 'a dead message');
    await pipeline.services.get('sender')?.kill('SIGKILL');
    await sendByApi(ANA.waId, 'sent-by-api 1');
    await sendByApi(BUDI.waId, 'to the other');
    expect(await left()).not.toEqual([]);

    const before = sentTo(ANA.waId).length;
    const traffic = (async () => {
      for (let n = 0; n < 40; n += 1) await say(pipeline, ANA, n % 2 === 0 ? `the-blue-door ${n}` : 'book');
    })();
    const erasures: unknown[] = [];
    for (let n = 0; n < 5; n += 1) erasures.push(await erase());
    await traffic;
    // The process that erases is lost.
    const cut = erase().catch(() => undefined);
    await pipeline.services.get('ingress')?.kill('SIGKILL');
    await cut;
    await pipeline.start('ingress');
    await isQuiet();
    await erase();
    await call('contacts/erase', { to: { wa_id: '6281234567899' } });
    expect(await left()).toEqual([]);

    await pipeline.start('sender');
    await waitFor(
      () => (JSON.stringify(sentTo(BUDI.waId)).includes('to the other') ? true : undefined),
      'the other message',
      30_000,
    );
    await waitFor(
      async () => ((await redis.zcard('{s0}:outbox')) === 0 ? true : undefined),
      'nothing to be open',
      30_000,
    );
    expect(sentTo(ANA.waId)).toHaveLength(before);
    expect(await left()).toEqual([]);

    await say(pipeline, ANA, 'book');
    await waitFor(() => (sentTo(ANA.waId).length > before ? true : undefined), 'a new question', 30_000);
    expect(JSON.stringify(sentTo(ANA.waId).at(-1))).toContain('How many guests');
    // The other goes on where it was.
    await say(pipeline, BUDI, '4');
    await waitFor(
      () => (JSON.stringify(sentTo(BUDI.waId)).includes('Noted: 4') ? true : undefined),
      'the note',
      30_000,
    );
  }, 120_000);
});
