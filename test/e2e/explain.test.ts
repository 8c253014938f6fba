import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { runAlur } from '../../packages/cli/src/testing/run-alur.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';

// One message's whole life, as an operator sees it, from services that run as processes.

const shopFlow = (port: number) => `
name: order
version: "1.0"
nodes:
  - id: pick
    type: branch
    config:
      conditions: [{expression: "contains(message, 'stock')", next: look}]
      default: ask
  - {id: look, type: http, config: {method: GET, url: "http://127.0.0.1:${port}/stock"}, output: found, next: tell}
  - {id: tell, type: reply, config: {message: "{{found.body}} left"}}
  - {id: ask, type: reply, config: {message: "What may it be?"}, next: more}
  - {id: more, type: reply, config: {message: "We have tea and coffee."}, next: answer}
  - {id: answer, type: wait, config: {save: drink, timeout: 600, on_timeout: late}, next: thanks}
  - {id: thanks, type: reply, config: {message: "One {{drink}}"}}
  - {id: late, type: reply, config: {message: "Still there?"}}
triggers:
  - {type: message, target: pick}
`;

let shop: Server;
let asked = 0;
let answerShop: () => void = () => undefined;
let pipeline: Pipeline;
let redis: Redis;
let contact = 628_180_000_000;
let counter = 0;

beforeAll(async () => {
  const port = await freePort();
  shop = createServer((_request, response) => {
    asked += 1;
    answerShop = () => response.end('7');
  }).listen(port, '127.0.0.1');
  pipeline = await startPipeline({
    flows: { 'order.ygtc': shopFlow(port) },
    httpAllow: [`127.0.0.1:${port}`],
    env: { RUNNER_LEASE_MS: '2000' },
  });
  redis = new Redis(pipeline.redis.url);
}, 60_000);
afterAll(async () => {
  shop.closeAllConnections();
  shop.close();
  await redis.quit();
  await pipeline.stop();
});
beforeEach(() => {
  contact += 1;
});

const to = () => String(contact);
async function say(words: string): Promise<string> {
  const { id } = pipeline.number;
  const wamid = `wamid.EXPLAIN${(counter += 1)}`;
  const message = { number: id, from: to(), id: wamid, content: text(words) };
  const body = metaJson(webhook(messagesChange(id, [message])));
  const answer = await postWebhook(pipeline.webhookUrl, body, { secret: pipeline.team.appSecrets[0] ?? '' });
  expect(answer.status).toBe(200);
  return wamid;
}
const alur = (...argv: string[]) =>
  runAlur([...argv, '--redis', pipeline.redis.url, '--bundle', pipeline.dir], pipeline.dir);
const explain = async (id: string, ...more: string[]) => {
  const ran = await alur('explain', id, '--json', ...more);
  expect([ran.err, ran.exit]).toEqual(['', 0]);
  return Object(JSON.parse(ran.out)).data;
};
const told = (id: string, isDone: (data: { messages: { furthest: string }[] }) => boolean) =>
  waitFor(
    async () => {
      const ran = await alur('explain', id, '--json');
      const { data } = Object(JSON.parse(ran.out));
      return ran.exit === 0 && data.event.turn !== null && isDone(data) ? data : undefined;
    },
    'the story to be told',
    30_000,
  );
const allRead = (count: number) => (data: { messages: { furthest: string }[] }) =>
  data.messages.length === count && data.messages.every(({ furthest }) => furthest === 'read');
const fault = (kind: object) =>
  fetch(`${pipeline.emulator.url}/_emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: { to: to() }, times: 1, fault: kind }),
  });
const cidOf = async (): Promise<string> => {
  const keys = await redis.keys('{s0}:conv:*');
  const contacts = await Promise.all(keys.map((key) => redis.hget(key, 'contact')));
  return keys[contacts.findIndex((json) => json?.includes(`"${to()}"`))]?.split(':').at(-1) ?? '';
};
const kinds = (message: { steps: { kind: string }[] }) => message.steps.map(({ kind }) => kind);

describe('alur explain', () => {
  test('gives the whole chain from any end of it: branch, wait, pair rate, a failed attempt, read receipt', async () => {
    await told(await say('hello'), allRead(2));
    // The contact has had as much as the pace allows for now.
    await redis.hset(`{s0}:pair:${await cidOf()}`, { level: '0.7', at: String(Date.now()) });
    await fault({ kind: 'error', http: 500, code: 131000, title: 'Something went wrong' });
    const wamid = await say('camomile');
    const story = await told(wamid, allRead(1));
    expect(story.event).toMatchObject({
      kind: 'text',
      turn: {
        outcome: 'completed',
        flow: 'order',
        nodes: [
          { node: 'answer', type: 'wait' },
          { node: 'thanks', type: 'reply' },
        ],
      },
    });
    const [message] = story.messages;
    expect(message.attempts).toBe(2);
    expect(message.waits).toContainEqual(
      expect.objectContaining({ scope: 'pair', count: expect.any(Number), totalMs: expect.any(Number) }),
    );
    expect(message.steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'claimed', attempt: 1 }),
        expect.objectContaining({ kind: 'finished', attempt: 1, outcome: 'retry', code: '131000' }),
        expect.objectContaining({ kind: 'finished', attempt: 2, outcome: 'sent' }),
        expect.objectContaining({ kind: 'status', attempt: 2, status: 'read' }),
      ]),
    );
    const whole = await explain(wamid, '--show-contact');
    const outbound = whole.messages[0].wamid;
    for (const end of [story.event.evt, message.mid, outbound]) {
      const same = await explain(end);
      expect([end, same.event.evt, same.messages[0].mid]).toEqual([end, story.event.evt, message.mid]);
    }
    const { out } = await alur('explain', outbound);
    for (const line of [
      /Event [0-9a-f]{32} \(text\): completed/,
      /contact +…\d{4}\n/,
      /received by ingress/,
      /turn taken: completed in flow order/,
      /nodes: answer \(wait\) → thanks \(reply\)/,
      /waited \d.* for the pace to this contact \(pair rate\)/,
      /attempt 1: refused; to be tried again; again in/,
      /code 131000: /,
      /attempt 2: taken by the Graph API/,
      /WhatsApp says: read by the contact \(attempt 2\)/,
      /Message [0-9a-f]{32} \(reply, text\): read/,
    ])
      expect(out).toMatch(line);
    // Nothing personal unless it is asked for.
    expect(out).not.toContain(to());
    expect(out).not.toContain(outbound);
    expect(out).not.toContain('camomile');
    expect((await alur('explain', wamid, '--show-contact')).out).toContain(to());
  }, 90_000);

  test('tells of a branch, of a message behind another, and of what the run waits for', async () => {
    const story = await told(await say('hello'), allRead(2));
    expect(story.event.turn).toMatchObject({
      outcome: 'waiting',
      nodes: [
        { node: 'pick', type: 'branch', note: 'default' },
        { node: 'ask' },
        { node: 'more' },
        { node: 'answer' },
      ],
      wait: { node: 'answer', for: 'message', until: expect.any(String) },
    });
    const [first, second] = story.messages;
    expect(kinds(first)).not.toContain('queued_behind');
    expect(kinds(second)[0]).toBe('queued_behind');
    const { out } = await alur('explain', second.mid);
    expect(out).toContain('(reply, text, asked for): read');
    expect(out).toContain('nodes: pick (branch, default) → ask (reply) → more (reply) → answer (wait)');
    expect(out).toMatch(/waits for the contact's next message at node answer, until /);
  }, 60_000);

  test('tells that a runner was killed in the middle of the turn', async () => {
    const before = asked;
    const wamid = await say('stock?');
    await waitFor(() => (asked > before ? true : undefined), 'the shop to be asked');
    const waiting = await explain(wamid);
    expect(waiting.event).toMatchObject({ turn: null, waiting: { ahead: 0, lost: 0 } });
    await pipeline.services.get('flow-runner')?.kill('SIGKILL');
    await pipeline.start('flow-runner', 'next');
    await waitFor(() => (asked > before + 1 ? true : undefined), 'the shop to be asked again', 20_000);
    answerShop();
    const story = await told(wamid, allRead(1));
    expect(story.event.turn).toMatchObject({ outcome: 'completed', lostRunners: 1 });
    expect((await alur('explain', wamid)).out).toContain('1 flow-runner was lost while it had this event');
  }, 90_000);

  test('says of an id that nobody knows why that may be', async () => {
    const ran = await alur('explain', 'f'.repeat(32));
    expect([ran.exit, ran.out]).toEqual([4, '']);
    expect(ran.err).toMatch(/no event and no message has this id/);
    expect(ran.err).toMatch(/more than eight days ago.*another Redis.*SHARDS/s);
    const other = await alur('explain', 'wamid.NOBODY');
    expect(other.exit).toBe(4);
    expect(other.err).toMatch(/of the 1 numbers of the bundle/);
  });
});
