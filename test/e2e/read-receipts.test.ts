import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { waitFor } from '../support/wait.ts';

const ask = (port: number) => `
name: ask
version: "1.0"
nodes:
  - id: look
    type: http
    config: {method: GET, url: "http://127.0.0.1:${port}/stock"}
    output: found
    next: tell
  - {id: tell, type: reply, config: {message: "{{found.body}} left"}}
triggers:
  - {type: keyword, words: [stock], target: look}
`;
const HELLO = `
name: hello
version: "1.0"
nodes:
  - {id: say, type: reply, config: {message: "Hello"}}
triggers:
  - {type: keyword, words: [hi], target: say}
`;

const ANA = { waId: '15550100001' };

let shop: Server;
let answerShop: () => void = () => undefined;
let pipeline: Pipeline;

beforeAll(async () => {
  const port = await freePort();
  shop = createServer((_request, response) => {
    answerShop = () => response.end('7');
  }).listen(port, '127.0.0.1');
  pipeline = await startPipeline({
    flows: { 'ask.ygtc': ask(port), 'hello.ygtc': HELLO },
    httpAllow: [`127.0.0.1:${port}`],
    readReceipts: 'typing',
  });
}, 60_000);
afterAll(async () => {
  await pipeline.stop();
  shop.closeAllConnections();
  shop.close();
});

async function until(probe: () => boolean, what: string): Promise<void> {
  await waitFor(() => (probe() ? true : undefined), what);
}

/** What the emulator's stream of events has told so far. */
async function followEvents(): Promise<{ seen: Record<string, unknown>[]; stop: () => void }> {
  const stopped = new AbortController();
  const response = await fetch(`${pipeline.emulator.url}/_emulator/events`, { signal: stopped.signal });
  const seen: Record<string, unknown>[] = [];
  const read = async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: ')) seen.push(JSON.parse(line.slice(6)));
    }
  };
  read().catch(() => undefined);
  return { seen, stop: () => stopped.abort() };
}

describe('read receipts', () => {
  test('a message that a flow took is marked as read; one that nothing took is not', async () => {
    const events = await followEvents();
    const unheard = await say(pipeline, ANA, 'something else');
    const heard = await say(pipeline, ANA, 'hi');
    await until(() => events.seen.some(({ type, wamid }) => type === 'seen' && wamid === heard), 'ticks');
    expect(events.seen).not.toContainEqual(expect.objectContaining({ type: 'seen', wamid: unheard }));
    expect(events.seen).not.toContainEqual(expect.objectContaining({ type: 'typing' }));
    events.stop();
  });

  test('while a web service is asked, the contact sees that an answer is on its way', async () => {
    const events = await followEvents();
    const wamid = await say(pipeline, ANA, 'stock');
    await until(
      () => events.seen.some((event) => event['type'] === 'typing' && event['wamid'] === wamid),
      'typing',
    );
    expect(pipeline.emulator.ledger().map(({ type }) => type)).toEqual(['text']);
    answerShop();
    await until(() => pipeline.emulator.ledger().length === 2, 'the answer');
    events.stop();
  });

  test('no job and no key holds the id of the message, which holds the phone number', async () => {
    const wamid = await say(pipeline, ANA, 'hi');
    await until(() => pipeline.emulator.ledger().length === 3, 'the answer');
    const redis = new Redis(pipeline.redis.url);
    const keys = await redis.keys('*');
    expect(keys.join(' ')).not.toContain(wamid);
    const jobs = await Promise.all(
      keys.filter((key) => key.includes('r-')).map((key) => redis.hgetall(key).catch(() => ({}))),
    );
    expect(JSON.stringify(jobs)).not.toContain(wamid);
    await redis.quit();
  });
});
