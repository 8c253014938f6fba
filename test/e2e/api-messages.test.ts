import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStore, type Store } from '@alur/store';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const [KEY, MANY, STORM] = ['one', 'two', 'three'].map((each) => `a-key-of-at-least-24-characters-${each}`);
const HELLO = `
name: hello
version: "1.0"
nodes:
  - {id: greet, type: reply, config: {message: "Hello"}}
triggers:
  - {type: default, target: greet}
`;

let pipeline: Pipeline;
let store: Store;
beforeAll(async () => {
  pipeline = await startPipeline({
    flows: { 'hello.ygtc': HELLO },
    secrets: { api_keys: [KEY ?? '', MANY ?? '', STORM ?? ''] },
  });
  store = await openStore({ url: pipeline.redis.url, shards: 1 });
}, 60_000);
afterAll(async () => {
  await store.close();
  await pipeline.stop();
});

async function post(body: object, key = KEY): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${pipeline.apiUrl}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  const json: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, json };
}

const sentTo = (contact: string) => pipeline.emulator.ledger().filter(({ to }) => to === contact);
const countTo = (contact: string, count: number) =>
  waitFor(() => (sentTo(contact).length === count ? true : undefined), `${count} messages to ${contact}`);
const nothingWaits = () =>
  waitFor(async () => {
    const open = await store.client.zcard('{s0}:outbox');
    return open === 0 ? true : undefined;
  }, 'all messages to be over');
const template = { kind: 'template', template: { name: 'order_update', language: 'en' } };

describe('POST messages', () => {
  test('reaches a contact whose window is open with any text, and who never wrote with a template', async () => {
    const early = await post({ to: { wa_id: '16505550201' }, message: { kind: 'text', text: 'Ready!' } });
    expect(early).toMatchObject({ status: 409, json: { error: { code: 'window_closed' } } });
    await say(pipeline, { waId: '16505550201' }, 'hi');
    await countTo('16505550201', 1);
    const text = await post({ to: { wa_id: '+1 650 555 0201' }, message: { kind: 'text', text: 'Ready!' } });
    expect(text).toMatchObject({ status: 202, json: { status: 'queued' } });
    await countTo('16505550201', 2);
    expect(sentTo('16505550201')[1]?.body).toMatchObject({ type: 'text', text: { body: 'Ready!' } });

    expect(await post({ to: { wa_id: '16505550202' }, message: template })).toMatchObject({ status: 202 });
    await countTo('16505550202', 1);
    expect(sentTo('16505550202')[0]?.body).toMatchObject({
      template: { name: 'order_update', language: { code: 'en' } },
    });
  });

  test('sends once what 50 calls ask for at the same time', async () => {
    const body = { to: { wa_id: '16505550203' }, message: template, idempotency_key: 'order-A1' };
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(body, MANY)));
    expect(replies.map(({ status }) => status)).toEqual(Array(50).fill(202));
    expect(new Set(replies.map(({ json }) => json['id'])).size).toBe(1);
    await nothingWaits();
    expect(sentTo('16505550203')).toHaveLength(1);
  });

  test('sends once what is asked for again because the server was killed in the middle', async () => {
    const contacts = Array.from({ length: 100 }, (_, each) => `1650555${1000 + each}`);
    const ask = (waId: string) =>
      post({ to: { wa_id: waId }, message: template, idempotency_key: `to-${waId}` }, STORM);
    const first = Promise.allSettled(contacts.map(ask));
    await waitFor(async () => {
      const stored = await store.client.keys('{s0}:msg:*');
      return stored.length > 10 ? true : undefined;
    }, 'some messages to be stored');
    await pipeline.services.get('ingress')?.kill('SIGKILL');
    const answered = (await first).filter(({ status }) => status === 'fulfilled').length;
    await pipeline.start('ingress');
    const again = await Promise.all(contacts.map(ask));
    expect(again.map(({ status }) => status)).toEqual(Array(100).fill(202));
    const known = again.filter(({ json }) => json['status'] === 'known').length;
    // Those that were stored and not answered are what this is about.
    expect(known).toBeGreaterThanOrEqual(answered);
    await nothingWaits();
    expect(contacts.map((contact) => sentTo(contact).length)).toEqual(Array(100).fill(1));
  }, 60_000);
});
