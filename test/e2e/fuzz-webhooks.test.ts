import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signBody } from '@alur/whatsapp';
import { Redis } from 'ioredis';
import { createBodies, type BentBody } from '../../packages/whatsapp/src/testing/webhook-bodies.ts';
import { figure } from '../support/figure.ts';
import { replyFlow } from '../support/flows.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

// The bodies of webhook-bodies.fuzz.test.ts, once more and through everything: a real process, real HTTP, real Redis. That test
// knows what each item must become; this one that no body is refused, none ends the process, and what is good in it is stored.
// FUZZ_SEED=7 npm run jest -- fuzz-webhooks repeats a run.

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_240_229);
const BODIES = 100_000;
const AT_ONCE = 16;
const ROUND = 5_000;

let pipeline: Pipeline;
let redis: Redis;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  pipeline = await startPipeline({ flows: { 'echo.ygtc': replyFlow('Hi') }, services: ['ingress'] });
  redis = new Redis(pipeline.redis.url);
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await redis.quit();
  await pipeline.stop();
});

function post(body: Buffer): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-hub-signature-256': signBody(body, pipeline.team.appSecrets[0] ?? ''),
  };
  return new Promise((resolve, reject) => {
    request(pipeline.webhookUrl, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end(body);
  });
}

/** Posts them all, so many at once; how often each status came. */
async function postAll(bodies: readonly BentBody[]): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const left = bodies.values();
  const work = async () => {
    for (const { body } of left) {
      const status = await post(body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return statuses;
}

/** Every wamid that stands in an inbox. */
async function storedWamids(): Promise<Set<string>> {
  const wamids = new Set<string>();
  for await (const keys of redis.scanStream({ match: '*:inbox:*', count: 1_000 })) {
    const lists = await Promise.all((keys as string[]).map((key) => redis.lrange(key, 0, -1)));
    for (const item of lists.flat()) wamids.add((JSON.parse(item.slice(32)) as { wamid: string }).wamid);
  }
  return wamids;
}

describe('webhooks of any shape', () => {
  test('each is answered 200, and the good messages in it are stored', async () => {
    const { team } = pipeline;
    const next = createBodies(SEED, {
      number: pipeline.number.id,
      wabaId: team.businessAccountId ?? '215589313241560',
      displayNumber: '15550783881',
      at: Math.floor(Date.now() / 1_000),
    });
    const began = performance.now();
    let good = 0;
    for (let sent = 0; sent < BODIES; sent += ROUND) {
      const bodies = Array.from({ length: ROUND }, next);
      expect([...(await postAll(bodies))]).toEqual([[200, ROUND]]);
      const stored = await storedWamids();
      const wanted = bodies.flatMap((body) => body.good.filter((item) => item.place === 'messages'));
      const missing = wanted.filter(({ raw, id }) => raw['type'] !== 'system' && !stored.has(id));
      expect(missing).toEqual([]);
      good += wanted.length;
      // What was looked at goes; the next round's contacts are others.
      await redis.unlink(...(await redis.keys('*:inbox:*')));
    }
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    figure(`${BODIES} bodies over HTTP in ${seconds} s, each answered 200; ${good} good messages stored`);
  }, 1_200_000);
});
