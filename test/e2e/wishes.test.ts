import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { replyFlow } from '../support/flows.ts';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const OFFER = `
name: offer
version: "1.0"
nodes:
  - id: say
    type: reply
    config:
      message: "We miss you"
      outside_window: {template: {name: come_back, language: en}}
triggers:
  - {type: keyword, words: [offer], target: say}
`;
const HUSH = OFFER.replace('name: offer', 'name: hush')
  .replace('outside_window: {template: {name: come_back, language: en}}', 'outside_window: skip')
  .replace('[offer]', '[hush]');

let pipeline: Pipeline;
let redis: Redis;

beforeAll(async () => {
  pipeline = await startPipeline({
    flows: { 'echo.ygtc': replyFlow('{{message.text}}', 'echo'), 'offer.ygtc': OFFER, 'hush.ygtc': HUSH },
    emulator: { enforce: { window: 'api' } },
  });
  redis = new Redis(pipeline.redis.url);
}, 60_000);
afterAll(async () => {
  await redis.quit();
  await pipeline.stop();
});

const DAY_S = 86_400;

/** One message of a contact, through the emulator; `agoS` is how long ago WhatsApp says that it was written. */
async function sayAgo(waId: string, word: string, agoS = 0): Promise<void> {
  await say(pipeline, { waId }, word, { timestamp: Math.floor(Date.now() / 1_000) - agoS });
}
const received = (from: string) =>
  pipeline.emulator
    .ledger()
    .filter((entry) => entry.to === from)
    .map((entry) => JSON.stringify(entry.body[entry.type]));
const arrived = (from: string, count: number) =>
  waitFor(
    () => (received(from).length >= count ? received(from) : undefined),
    `${count} messages to ${from}`,
    20_000,
  );
const reasons = async () => {
  const mids = await redis.zrange('{s0}:dead', '0', '-1');
  return Promise.all(mids.map((mid) => redis.hget(`{s0}:msg:${mid}`, 'reason')));
};
const body = (value: string) => JSON.stringify({ body: value });

describe('a contact who wants no more messages', () => {
  test('gets one confirmation and then nothing, until START', async () => {
    const { confirmation = '' } = pipeline.team.optOut;
    const from = '628110000001';
    await sayAgo(from, 'hi', 60);
    await arrived(from, 1);
    await sayAgo(from, ' stop! ', 50);
    await arrived(from, 2);
    await sayAgo(from, 'hello?', 40);
    await waitFor(async () => ((await reasons()).length > 0 ? true : undefined), 'the answer to be refused');
    await sayAgo(from, 'STOP', 30);
    await sayAgo(from, 'START', 20);
    await sayAgo(from, 'back again');
    await waitFor(
      () => (received(from).includes(body('back again')) ? true : undefined),
      'the answer after START',
    );
    const { confirmationIn } = pipeline.team.optOut;
    const welcome = confirmationIn === undefined ? [] : [body(confirmationIn)];
    expect(received(from)).toEqual([body('hi'), body(confirmation), ...welcome, body('back again')]);
    expect(await reasons()).toEqual(['opted_out']);
  });

  test('is stopped by the whole word only', async () => {
    const from = '628110000002';
    await sayAgo(from, 'do not stop');
    expect(await arrived(from, 1)).toEqual([body('do not stop')]);
  });
});

describe('a reply to somebody who wrote more than a day ago', () => {
  test('goes as the template that the flow gives for it', async () => {
    const from = '628110000003';
    await sayAgo(from, 'offer', DAY_S + 60);
    expect(await arrived(from, 1)).toEqual([JSON.stringify({ name: 'come_back', language: { code: 'en' } })]);
  });

  test('is skipped where the flow says so, and dead with its reason where it says nothing', async () => {
    const from = '628110000004';
    await sayAgo(from, 'hush', DAY_S + 60);
    await sayAgo(from, 'anything', DAY_S + 50);
    await waitFor(
      async () => ((await reasons()).includes('window_closed') ? true : undefined),
      'the second to be dead',
    );
    expect(received(from)).toEqual([]);
    const states = await Promise.all((await redis.keys('{s0}:msg:*')).map((key) => redis.hget(key, 'state')));
    expect(states).toContain('skipped');
    expect(pipeline.emulator.limits()[pipeline.number.id]?.window).toMatchObject({
      refusals: 0,
      violations: 0,
    });
  });
});
