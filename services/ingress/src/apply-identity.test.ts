import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStatusTeller, createTierQueues, findConversation, openStore, type Store } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { signBody } from '@alur/whatsapp';
import { aBundle, aNumber, aTeam } from '../../../test/support/bundle.ts';
import { plainIntake } from '../../../test/support/events.ts';
import { messagesChange, metaJson, text, webhook } from '../../../test/support/meta.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { createDisplayNumbers } from './apply-news.ts';
import { createIngressMetrics } from './metrics.ts';
import { type ReceiveDeps, receiveWebhook } from './receive-webhook.ts';

const SECRET = 'an-app-secret';
const OLD = '15550001';
const NEW = '15550002';
const first = aNumber('100', { tenant: 'acme', team: 'shop', businessAccountId: '70' });
const second = aNumber('200', { tenant: 'acme', team: 'shop', businessAccountId: '70' });
const bundle = aBundle([aTeam('acme', 'shop', { appSecrets: [SECRET], numbers: [first, second] })]);

let redis: TestRedis;
let store: Store;
let deps: ReceiveDeps;
let lines: string[];
let atS: number;

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  [lines, atS] = [[], Math.floor(Date.now() / 1_000) - 1_000];
  const logger = createLogger({
    service: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  const { client, shards } = store;
  const intake = plainIntake(store);
  deps = {
    bundle: () => bundle,
    hasRoom: () => true,
    client,
    shards,
    intake,
    displayNumbers: createDisplayNumbers({ client, shards, logger }),
    queues: createTierQueues(store.bull('queue')),
    teller: createStatusTeller({ client, shards, intake }),
    metrics: createIngressMetrics(createMetrics('test')),
    logger,
  };
});
afterEach(async () => {
  await deps.queues.close();
  await store.close();
  await redis.stop();
});

const receive = (...changes: readonly unknown[]) => {
  const body = Buffer.from(metaJson(webhook(...changes)));
  const signature = signBody(body, SECRET);
  return receiveWebhook({ tenant: 'acme', team: 'shop', signature, body, receivedAtMs: Date.now() }, deps);
};

const wrote = (number: string, from: string, id: string) =>
  messagesChange(number, [{ number, from, id: `wamid.${id}`, at: (atS += 1), content: text(id) }]);

const changed = (number: string) => ({
  field: 'messages',
  value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: number },
    messages: [
      {
        from: OLD,
        id: `wamid.system.${number}`,
        timestamp: String((atS += 1)),
        type: 'system',
        system: { body: `User Ana changed from ${OLD} to ${NEW}`, wa_id: NEW, type: 'user_changed_number' },
      },
    ],
  },
});

const cidBy = (number: typeof first, waId: string) => findConversation(store.client, 0, number.id, { waId });

describe('applyIdentity()', () => {
  test('moves a contact at every number of the tenant before the messages of the same body', async () => {
    await receive(wrote('100', OLD, 'a'), wrote('200', OLD, 'b'));
    const before = [await cidBy(first, OLD), await cidBy(second, OLD)];
    const move = changed('100');
    const next = wrote('100', NEW, 'c');
    expect(await receive(next, move)).toBe(200);
    expect([await cidBy(first, NEW), await cidBy(second, NEW)]).toEqual(before);
    expect(await store.client.llen(`{s0}:inbox:${before[0]}`)).toBe(2);
    await receive(wrote('200', OLD, 'a stranger'));
    expect(before).not.toContain(await cidBy(second, OLD));
    expect(await store.client.llen(`{s0}:inbox:${before[1]}`)).toBe(1);
  });

  test('may be told again, for each number, and says no number in its line', async () => {
    await receive(wrote('100', OLD, 'a'), wrote('200', OLD, 'b'));
    const told = [changed('100'), changed('200')];
    await receive(...told);
    await receive(wrote('100', OLD, 'a stranger'));
    const stranger = await cidBy(first, OLD);
    await receive(...told);
    expect(await cidBy(first, OLD)).toBe(stranger);
    const said = lines.filter((line) => line.includes('contact.moved'));
    expect(said).toHaveLength(4);
    expect(said.join()).not.toMatch(/1555000/);
  });

  test('answers 503 when it cannot be stored, so that Meta tells it again', async () => {
    await receive(wrote('100', OLD, 'a'));
    await store.client.set('{s0}:optouts:acme', 'not a hash');
    expect(await receive(changed('100'))).toBe(503);
    await store.client.del('{s0}:optouts:acme');
    expect(await receive(changed('100'))).toBe(200);
  });
});
