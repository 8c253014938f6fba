import { afterEach, describe, expect, test } from '@jest/globals';
import type { LedgerEntry } from '@alur/emulator';
import { Redis } from 'ioredis';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import type { ServiceName } from '../support/service.ts';
import { waitFor } from '../support/wait.ts';

// Each conversation counts in its session, so a lost turn, a turn run twice and a turn out of order all show in the text.
const COUNTER = `
name: counter
version: "1.0"
nodes:
  - id: count
    type: state
    config: {action: set, key: n, value: "{{default(state.n, 0) + 1}}"}
    next: say
  - id: say
    type: reply
    config: {message: "{{state.n}}: {{message.text}}"}
triggers:
  - {type: message, target: count}
`;

const CONVERSATIONS = 1_000;
const MESSAGES_EACH = 2;
const KILLS = 6;
const PARALLEL = 16;

let pipeline: Pipeline | undefined;
afterEach(async () => {
  await pipeline?.stop();
  pipeline = undefined;
});

/** Posts until it is taken, as Meta does. */
async function deliver(url: string, body: string, secret: string): Promise<void> {
  await waitFor(async () => {
    const answer = await postWebhook(url, body, { secret }).catch(() => undefined);
    return answer?.status === 200 ? true : undefined;
  }, 'a webhook to be taken');
}

async function talk(target: Pipeline): Promise<void> {
  const secret = target.team.appSecrets[0] ?? '';
  const number = target.number.id;
  const bodies: string[] = [];
  for (let round = 1; round <= MESSAGES_EACH; round += 1) {
    for (let contact = 0; contact < CONVERSATIONS; contact += 1) {
      const message = {
        number,
        from: String(628_000_000_000 + contact),
        id: `wamid.${contact}.${round}`,
        content: text(`m${round}`),
      };
      bodies.push(metaJson(webhook(messagesChange(number, [message]))));
    }
  }
  const queue = bodies.values();
  const worker = async (): Promise<void> => {
    for (const body of queue) await deliver(target.webhookUrl, body, secret);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Kills and restarts the service as the answers come in, `KILLS` times spread over all of them. */
async function storm(target: Pipeline, name: ServiceName): Promise<number> {
  const total = CONVERSATIONS * MESSAGES_EACH;
  let midway = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const goal = Math.floor((total * kill) / (KILLS + 1));
    await waitFor(() => (target.emulator.ledger().length >= goal ? true : undefined), 'progress', 60_000);
    if (target.emulator.ledger().length < total) midway += 1;
    await target.services.get(name)?.kill('SIGKILL');
    await target.start(name);
  }
  return midway;
}

/** Waits until every answer was sent and no message is open any more: a double would have gone out by then. */
async function settled(target: Pipeline): Promise<void> {
  const redis = new Redis(target.redis.url);
  const answers = () => new Set(target.emulator.ledger().map((entry) => `${entry.to} ${textOf(entry)}`)).size;
  const isOver = async () =>
    answers() >= CONVERSATIONS * MESSAGES_EACH && (await redis.zcard('{s0}:outbox')) === 0;
  await waitFor(
    async () => ((await isOver()) ? true : undefined),
    'every message to be final',
    120_000,
  ).finally(() => redis.disconnect());
}

const textOf = (entry: LedgerEntry) => {
  const body: unknown = entry.body['text'];
  return typeof body === 'object' && body !== null && 'body' in body ? String(body.body) : '';
};

describe('kill -9 in the middle of 1,000 conversations', () => {
  test.each<ServiceName>(['ingress', 'flow-runner', 'sender'])(
    'of the %s: every event is answered, none twice, in order',
    async (name) => {
      pipeline = await startPipeline({
        flows: { 'counter.ygtc': COUNTER },
        throughput: 1_000,
        fsync: 'always',
        // The grace is longer than the emulator rests between two tries of a webhook, as 30 s are for Meta: before
        // that, a missing status says nothing.
        env: {
          RUNNER_LEASE_MS: '2000',
          SEND_TIMEOUT_MS: '5000',
          UNKNOWN_GRACE_MS: '12000',
          UNKNOWN_FLOOR_MS: '20000',
        },
        emulator: { statusDelayMs: { sent: 30, delivered: 60, read: 90 } },
      });
      const target = pipeline;
      const talking = talk(target);
      const midway = await storm(target, name);
      await talking;
      await settled(target);
      const byContact = new Map<string, string[]>();
      for (const entry of target.emulator.ledger())
        byContact.set(entry.to, [...(byContact.get(entry.to) ?? []), textOf(entry)]);
      const right = ['1: m1', '2: m2'];
      const wrong = [...byContact].filter(([, texts]) => texts.join() !== right.join());
      expect(wrong).toEqual([]);
      expect(byContact.size).toBe(CONVERSATIONS);
      expect(midway).toBeGreaterThanOrEqual(3);
    },
    240_000,
  );
});
