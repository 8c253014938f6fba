import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// Waits and answers are counted in the session: a timer that fires twice, never, or beside an answer shows in what is said.
// They wait for longer than it takes until a job is added again that was lost with its runner: a reminder is of another class than
// an answer, and one class does not wait for another.
const REMINDER = `
name: reminder
version: "1.0"
nodes:
  - {id: ask, type: reply, config: {message: "ask"}, next: hold}
  - {id: hold, type: wait, config: {timeout: 12, on_timeout: count}, next: thanks}
  - id: count
    type: state
    config: {action: set, key: n, value: "{{default(state.n, 0) + 1}}"}
    next: late
  - {id: late, type: reply, config: {message: "late {{state.n}}"}}
  - {id: thanks, type: reply, config: {message: "thanks"}}
triggers:
  - {type: message, target: ask}
`;

const CONTACTS = 300;
const KILLS = 6;

let pipeline: Pipeline | undefined;
let redis: Redis | undefined;
afterEach(async () => {
  redis?.disconnect();
  await pipeline?.stop();
  pipeline = undefined;
});

const contactOf = (index: number) => String(628_000_000_000 + index);

async function say({ webhookUrl, team, number }: Pipeline, index: number, word: string): Promise<void> {
  const message = {
    number: number.id,
    from: contactOf(index),
    id: `wamid.${index}.${word}`,
    content: text(word),
  };
  const body = metaJson(webhook(messagesChange(number.id, [message])));
  const answer = await postWebhook(webhookUrl, body, { secret: team.appSecrets[0] ?? '' });
  expect(answer.status).toBe(200);
}

function said({ emulator }: Pipeline): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const { to, body } of emulator.ledger()) {
    const line: string = JSON.parse(JSON.stringify(body)).text.body;
    lines.set(to, [...(lines.get(to) ?? []), line]);
  }
  return lines;
}

const heard = (target: Pipeline, count: number) =>
  waitFor(
    () => (target.emulator.ledger().length >= count ? true : undefined),
    `${count} messages, of which there are ${target.emulator.ledger().length}`,
    120_000,
  );

describe('kill -9 of both flow-runners while 300 runs wait', () => {
  test('every run goes on once, by its answer or by its time', async () => {
    const started = await startPipeline({
      flows: { 'reminder.ygtc': REMINDER },
      throughput: 1_000,
      fsync: 'always',
      env: { RUNNER_LEASE_MS: '2000' },
    });
    pipeline = started;
    redis = new Redis(started.redis.url);
    await started.start('flow-runner', 'second');
    for (let index = 0; index < CONTACTS; index += 1) await say(started, index, 'hi');
    // Every third answers, some of them at the very time when the run would go on by itself.
    const answers = (async () => {
      for (let index = 0; index < CONTACTS; index += 3) await say(started, index, 'here');
    })();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const name = kill % 2 === 0 ? 'flow-runner' : 'second';
      await started.services.get(name)?.kill('SIGKILL');
      await started.start('flow-runner', name);
    }
    await answers;
    await heard(started, CONTACTS * 2);
    const open = async () =>
      (await redis?.zcard('{s0}:timers')) === 0 && (await redis?.xlen('{s0}:ready')) === 0;
    await waitFor(async () => ((await open()) ? true : undefined), 'nothing to be left', 60_000);
    const lines = said(started);
    expect(lines.size).toBe(CONTACTS);
    const wrong = [...lines].filter(([contact, [first, second, ...more]]) => {
      const isAnswered = Number(contact.slice(-3)) % 3 === 0;
      // Who answers too late gets the reminder first, and begins anew.
      const isRight = isAnswered
        ? (second === 'thanks' && more.length === 0) || (second === 'late 1' && more[0] === 'ask')
        : second === 'late 1' && more.length === 0;
      return first !== 'ask' || !isRight;
    });
    expect(wrong).toEqual([]);
  }, 240_000);
});
