import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { startService } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';

let pipeline: Pipeline | undefined;
afterEach(async () => {
  await pipeline?.stop();
  pipeline = undefined;
});

let counter = 0;
async function say(target: Pipeline, from: string, words = 'hi'): Promise<void> {
  counter += 1;
  const number = target.number.id;
  const body = metaJson(
    webhook(messagesChange(number, [{ number, from, id: `wamid.O${counter}`, content: text(words) }])),
  );
  const answer = await postWebhook(target.webhookUrl, body, { secret: target.team.appSecrets[0] ?? '' });
  expect(answer.status).toBe(200);
}
const answersTo = (target: Pipeline, from: string, count: number) =>
  waitFor(() => {
    const sent = target.emulator.ledger().filter(({ to }) => to === from);
    return sent.length >= count ? sent.map((entry) => entry.body['text']) : undefined;
  }, `${count} answers to ${from}`);
const ready = async (target: Pipeline, name: string) => {
  const response = await fetch(`${target.services.get(name)?.opsUrl}/readyz`);
  return { status: response.status, state: JSON.stringify(await response.json()) };
};
const metricsOf = async (target: Pipeline, name: string) =>
  (await fetch(`${target.services.get(name)?.opsUrl}/metrics`)).text();

describe('metrics', () => {
  test('count what happened, by outcome and reason, with nothing personal in them', async () => {
    pipeline = await startPipeline({ flows: { 'say.ygtc': replyFlow('hello') } });
    const target = pipeline;
    await say(target, '6281500001');
    await answersTo(target, '6281500001', 1);
    await postWebhook(target.webhookUrl, '{}', { signature: undefined });
    await fetch(`${target.emulator.url}/_emulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        times: 1,
        fault: { kind: 'error', http: 400, code: 131026, title: 'Message undeliverable' },
      }),
    });
    await say(target, '6281500002');
    const value = (text: string, series: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    const sender = await waitFor(async () => {
      const all = await metricsOf(target, 'sender');
      return value(all, 'alur_messages_failed_total{reason="bad_recipient"}') === 1 ? all : undefined;
    }, 'the failed message to be counted');
    expect(value(sender, 'alur_messages_sent_total{type="text",outcome="sent"}')).toBe(1);
    expect(value(sender, 'alur_graph_api_errors_total{code="131026"}')).toBe(1);
    expect(value(sender, 'alur_reply_duration_seconds_count')).toBe(1);
    for (const series of [
      'alur_queue_jobs{queue="tier-1",state="waiting"}',
      'alur_queue_oldest_waiting_age_seconds{queue="tier-1"}',
    ]) {
      expect(value(sender, series)).toBe(0);
    }
    const ingress = await metricsOf(target, 'ingress');
    expect(value(ingress, 'alur_webhook_events_total{kind="message",outcome="new"}')).toBe(2);
    expect(value(ingress, 'alur_webhook_signature_failures_total{reason="missing"}')).toBe(1);
    expect(value(ingress, 'alur_http_requests_total{route="webhook",code="401"}')).toBe(1);
    expect(value(ingress, 'alur_webhook_acceptance_duration_seconds_count')).toBeGreaterThanOrEqual(2);
    const runner = await metricsOf(target, 'flow-runner');
    expect(value(runner, 'alur_turns_total{outcome="completed"}')).toBe(2);
    expect(value(runner, 'alur_inbound_ready_conversations')).toBe(0);
    const all = `${sender}${ingress}${runner}${[...target.services.values()].map((service) => service.output()).join('')}`;
    for (const secret of [
      '62815000',
      'Ana',
      'hello',
      ...target.team.appSecrets,
      target.number.accessToken,
      target.team.verifyToken,
    ]) {
      expect(all).not.toContain(secret);
    }
  }, 60_000);
});

describe('a bundle that changes', () => {
  test('takes good flows at SIGHUP, keeps the last good ones over bad ones, and says where the fault is', async () => {
    pipeline = await startPipeline({ flows: { 'say.ygtc': replyFlow('one') } });
    const target = pipeline;
    const path = join(target.bundle.dir, 'flows', 'say.ygtc');
    await say(target, '6281500003');
    expect(await answersTo(target, '6281500003', 1)).toEqual([{ body: 'one' }]);

    await writeFile(path, replyFlow('two').replace('target: say', 'target: sya'));
    target.services.get('flow-runner')?.signal('SIGHUP');
    await waitFor(async () => {
      const { status, state } = await ready(target, 'flow-runner');
      return status === 200 && /say\.ygtc:\d+:\d+/.test(state) ? true : undefined;
    }, 'the fault to be told with its place');
    await say(target, '6281500003');
    expect(await answersTo(target, '6281500003', 2)).toEqual([{ body: 'one' }, { body: 'one' }]);

    await writeFile(path, replyFlow('three'));
    target.services.get('flow-runner')?.signal('SIGHUP');
    await waitFor(
      async () => (!(await ready(target, 'flow-runner')).state.includes('ygtc') ? true : undefined),
      'the new flows',
    );
    await say(target, '6281500003');
    expect((await answersTo(target, '6281500003', 3)).at(-1)).toEqual({ body: 'three' });
  }, 60_000);

  test('with no good flows its team alone is not ready; its events wait, and are answered when it is mended', async () => {
    pipeline = await startPipeline({
      flows: { 'say.ygtc': replyFlow('late').replace('type: reply', 'type: repyl') },
      services: ['ingress', 'sender'],
      env: { RUNNER_LEASE_MS: '1000' },
    });
    const target = pipeline;
    await expect(target.start('flow-runner')).rejects.toThrow(/say\.ygtc:6:11.*repyl/s);
    await say(target, '6281500004');
    await writeFile(join(target.bundle.dir, 'flows', 'say.ygtc'), replyFlow('late'));
    await target.start('flow-runner');
    expect(await answersTo(target, '6281500004', 1)).toEqual([{ body: 'late' }]);
  }, 90_000);
});

describe('Redis away', () => {
  test('webhooks get 503, readiness says so, and everything goes on by itself when it is back', async () => {
    pipeline = await startPipeline({ flows: { 'say.ygtc': replyFlow('back') }, fsync: 'always' });
    const target = pipeline;
    await say(target, '6281500005');
    await answersTo(target, '6281500005', 1);
    await target.redis.kill();
    const number = target.number.id;
    const body = metaJson(
      webhook(messagesChange(number, [{ number, from: '6281500005', id: 'wamid.away', content: text('x') }])),
    );
    const secret = target.team.appSecrets[0] ?? '';
    const startedAt = Date.now();
    expect((await postWebhook(target.webhookUrl, body, { secret })).status).toBe(503);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    for (const name of ['ingress', 'flow-runner', 'sender']) {
      await waitFor(
        async () => ((await ready(target, name)).status === 503 ? true : undefined),
        `${name} to say that it is not ready`,
      );
      expect((await ready(target, name)).state).toContain('Redis does not answer');
    }
    await target.redis.restart();
    for (const name of ['ingress', 'flow-runner', 'sender']) {
      await waitFor(
        async () => ((await ready(target, name)).status === 200 ? true : undefined),
        `${name} to be ready again`,
      );
    }
    expect((await postWebhook(target.webhookUrl, body, { secret })).status).toBe(200);
    expect(await answersTo(target, '6281500005', 2)).toEqual([{ body: 'back' }, { body: 'back' }]);
  }, 60_000);
});

describe('Redis nearly full', () => {
  test('webhooks wait at Meta until there is room again', async () => {
    pipeline = await startPipeline({
      flows: { 'say.ygtc': replyFlow('room') },
      services: ['ingress'],
      env: { REDIS_FULL_PERCENT: '50' },
    });
    const target = pipeline;
    const redis = new Redis(target.redis.url);
    const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.round(used * 1.2)));
    await waitFor(
      async () => ((await ready(target, 'ingress')).state.includes('% full') ? true : undefined),
      'ingress to notice',
    );
    const number = target.number.id;
    const message = { number, from: '6281500009', id: 'wamid.full', content: text('x') };
    const body = metaJson(webhook(messagesChange(number, [message])));
    const secret = target.team.appSecrets[0] ?? '';
    expect((await postWebhook(target.webhookUrl, body, { secret })).status).toBe(503);
    await redis.config('SET', 'maxmemory', '0');
    await waitFor(
      async () =>
        (await postWebhook(target.webhookUrl, body, { secret })).status === 200 ? true : undefined,
      'the webhook to be taken',
    );
    expect((await redis.keys('{s0}:inbox:*')).length).toBe(1);
    await redis.quit();
  }, 60_000);
});

describe('SIGTERM', () => {
  test('drains and exits 0, with nothing lost of what was taken', async () => {
    pipeline = await startPipeline({ flows: { 'say.ygtc': replyFlow('drained') } });
    const target = pipeline;
    for (let contact = 0; contact < 50; contact += 1) await say(target, String(628_160_000_000 + contact));
    const codes = await Promise.all([...target.services.values()].map((service) => service.kill('SIGTERM')));
    expect(codes).toEqual([0, 0, 0]);
    await Promise.all([target.start('flow-runner'), target.start('sender')]);
    await waitFor(() => (target.emulator.ledger().length >= 50 ? true : undefined), 'all answers', 30_000);
    const contacts = target.emulator.ledger().map(({ to }) => to);
    expect([contacts.length, new Set(contacts).size]).toEqual([50, 50]);
  }, 90_000);
});

describe('no bundle yet', () => {
  test('the services wait for one, say so, and take it when it comes', async () => {
    pipeline = await startPipeline({ flows: { 'say.ygtc': replyFlow('set up') }, services: [] });
    const dir = await mkdtemp(join(tmpdir(), 'alur-later-'));
    const opsPort = await freePort();
    const env = { REDIS_URL: pipeline.redis.url, BUNDLE_DIR: dir, PORT: String(await freePort()) };
    const service = await startService('ingress', env, { opsPort, waitReady: false });
    pipeline.services.set('later', service);
    const state = async () => {
      const response = await fetch(`${service.opsUrl}/readyz`).catch(() => undefined);
      return response && `${response.status} ${await response.text()}`;
    };
    expect(await waitFor(state, 'the ops port')).toMatch(/^503 .*there is no such file/);
    await cp(pipeline.bundle.dir, dir, { recursive: true });
    await waitFor(
      async () => ((await state())?.startsWith('200') ? true : undefined),
      'the bundle to be taken',
    );
    await rm(dir, { recursive: true });
  }, 60_000);
});
