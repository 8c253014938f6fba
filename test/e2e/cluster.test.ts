import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { waitFor } from '../support/wait.ts';

const ECHO = replyFlow('{{message.text}}');

const cleanups: (() => Promise<void>)[] = [];
let pipeline: Pipeline | undefined;
afterEach(async () => {
  await pipeline?.stop();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

describe('Redis Cluster with several shards', () => {
  test('answers every event once and in order: each script stays within its slot', async () => {
    const cluster = await startRedisCluster();
    cleanups.push(() => cluster.stop());
    pipeline = await startPipeline({
      flows: { 'echo.ygtc': ECHO },
      env: { REDIS_CLUSTER_NODES: cluster.nodes, SHARDS: '4' },
    });
    const target = pipeline;
    const number = target.number.id;
    const contacts = Array.from({ length: 30 }, (_, index) => String(628_180_000_000 + index));
    for (const word of ['one', 'two']) {
      const messages = contacts.map((from) => ({
        number,
        from,
        id: `wamid.${from}.${word}`,
        content: text(word),
      }));
      const body = metaJson(webhook(messagesChange(number, messages)));
      expect(
        (await postWebhook(target.webhookUrl, body, { secret: target.team.appSecrets[0] ?? '' })).status,
      ).toBe(200);
    }
    await waitFor(() => (target.emulator.ledger().length >= 60 ? true : undefined), 'all answers', 30_000);
    const standalone = new Redis(target.redis.url);
    expect(await standalone.dbsize()).toBe(0);
    await standalone.quit();
    for (const contact of contacts) {
      const own = target.emulator.ledger().filter(({ to }) => to === contact);
      expect(own.map((entry) => entry.body['text'])).toEqual([{ body: 'one' }, { body: 'two' }]);
    }
  }, 90_000);
});
