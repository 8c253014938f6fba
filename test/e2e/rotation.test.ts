import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { dropAppSecrets, rotateAppSecret } from '@alur/bundle';
import { figure } from '../support/figure.ts';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// Secrets change while webhooks come and messages go: nothing may be lost, and nothing may happen twice.

let pipeline: Pipeline | undefined;
afterEach(async () => {
  await pipeline?.stop();
  pipeline = undefined;
});

const TEAM = { tenant: 'default', team: 'default' };
const NEW_SECRET = 'the-new-app-secret-0001';
const EVERY_MS = 25;

/** Meta: one contact after another writes, and what is refused is sent again with the secret of that moment. */
function startTraffic(target: Pipeline, secretOf: () => string) {
  const contacts: string[] = [];
  const refused: number[] = [];
  let isOn = true;
  const deliver = async (from: string): Promise<void> => {
    const message = { number: target.number.id, from, id: `wamid.R${from}`, content: text('hi') };
    const body = metaJson(webhook(messagesChange(target.number.id, [message])));
    await waitFor(async () => {
      const { status } = await postWebhook(target.webhookUrl, body, { secret: secretOf() });
      if (status === 200) return true;
      refused.push(status);
      return undefined;
    }, `the webhook of ${from} to be taken`);
  };
  const run = async () => {
    const open: Promise<void>[] = [];
    while (isOn) {
      const from = String(628_170_000_000 + contacts.length);
      contacts.push(from);
      open.push(deliver(from));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    await Promise.all(open);
  };
  const done = run();
  return {
    contacts,
    refused,
    /** Resolves when so many more contacts have written. */
    more: (count: number) => {
      const until = contacts.length + count;
      return waitFor(() => (contacts.length >= until ? true : undefined), `${count} more contacts`);
    },
    stop: async () => {
      isOn = false;
      await done;
    },
  };
}

const reload = (target: Pipeline) => {
  for (const service of target.services.values()) service.signal('SIGHUP');
};
const statusWith = async (target: Pipeline, secret: string) =>
  (await postWebhook(target.webhookUrl, '{}', { secret })).status;
const becomes = (target: Pipeline, secret: string, status: number) =>
  waitFor(
    async () => ((await statusWith(target, secret)) === status ? true : undefined),
    `${status} for a secret`,
  );

/** Each contact got its one answer. */
async function expectOneAnswerEach({ emulator }: Pipeline, contacts: readonly string[]): Promise<void> {
  const answered = () => emulator.ledger().map(({ to }) => to);
  await waitFor(
    () => (new Set(answered()).size >= contacts.length ? true : undefined),
    'all answers',
    60_000,
  );
  expect(answered().sort()).toEqual([...contacts].sort());
}

describe('rotation', () => {
  test('of the app secret refuses no webhook, and every event is answered exactly once', async () => {
    const target = await startPipeline({ flows: { 'say.ygtc': replyFlow('hello') }, throughput: 1_000 });
    pipeline = target;
    const old = target.team.appSecrets[0] ?? '';
    let atMeta = old;
    const traffic = startTraffic(target, () => atMeta);
    await traffic.more(20);
    expect(await rotateAppSecret(target.dir, TEAM, NEW_SECRET)).toMatchObject({ secrets: 2 });
    reload(target);
    await becomes(target, NEW_SECRET, 200);
    expect(await statusWith(target, old)).toBe(200);
    await traffic.more(20);
    atMeta = NEW_SECRET;
    await traffic.more(20);
    await dropAppSecrets(target.dir, TEAM);
    reload(target);
    await becomes(target, old, 401);
    await traffic.more(20);
    await traffic.stop();
    await expectOneAnswerEach(target, traffic.contacts);
    figure(
      `app secret rotated under traffic: ${traffic.contacts.length} webhooks, ${traffic.refused.length} refused`,
    );
    expect(traffic.refused).toEqual([]);
  }, 180_000);

  test('the wrong way round refuses webhooks, and Meta brings them again', async () => {
    const target = await startPipeline({ flows: { 'say.ygtc': replyFlow('hello') }, throughput: 1_000 });
    pipeline = target;
    let atMeta = target.team.appSecrets[0] ?? '';
    const traffic = startTraffic(target, () => atMeta);
    await traffic.more(10);
    atMeta = NEW_SECRET;
    await waitFor(() => (traffic.refused.length >= 10 ? true : undefined), 'refusals');
    await rotateAppSecret(target.dir, TEAM, NEW_SECRET);
    reload(target);
    await becomes(target, NEW_SECRET, 200);
    await traffic.more(10);
    await traffic.stop();
    await expectOneAnswerEach(target, traffic.contacts);
    expect(new Set(traffic.refused)).toEqual(new Set([401]));
  }, 180_000);

  test('of the access token holds the number until the bundle has the new one, and every message goes once', async () => {
    const target = await startPipeline({ flows: { 'say.ygtc': replyFlow('hello') }, throughput: 1_000 });
    pipeline = target;
    const secret = target.team.appSecrets[0] ?? '';
    const traffic = startTraffic(target, () => secret);
    await traffic.more(20);
    const changed = await fetch(`${target.emulator.url}/_emulator/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ number: target.number.id, accessToken: 'EAAnew-token' }),
    });
    expect(changed.status).toBe(200);
    await traffic.more(20);
    const sentBefore = target.emulator.ledger().length;
    expect(sentBefore).toBeLessThan(traffic.contacts.length);
    const path = join(target.dir, 'secrets/default/default.json');
    const secrets = await readFile(path, 'utf8');
    await writeFile(path, secrets.replaceAll(target.number.accessToken, 'EAAnew-token'));
    reload(target);
    await traffic.more(20);
    await traffic.stop();
    await expectOneAnswerEach(target, traffic.contacts);
    figure(`access token changed under traffic: ${traffic.contacts.length} messages, each sent once`);
  }, 180_000);
});
