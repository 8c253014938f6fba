import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { addFromFile } from '@alur/lists';
import {
  broadcastId,
  countOutcomes,
  createBroadcast,
  moveBroadcast,
  readBroadcast,
  takeBack,
  type BroadcastRef,
} from '@alur/store';
import { figure } from '../support/figure.ts';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { waitFor } from '../support/wait.ts';
import { doubles, limitsOf, startSending, type Sending } from './sending.ts';

let sending: Sending | undefined;
afterEach(async () => {
  await sending?.stop();
  sending = undefined;
});

/** BROADCAST_N=100000 is the whole of it: it takes about five minutes on two cores. */
const RECIPIENTS = Number(process.env['BROADCAST_N'] ?? 20_000);
const FIRST = 628_300_000_000;
const WITHIN_MS = 180_000 + RECIPIENTS * 15;
const CHAT_EVERY_MS = 400;
const LOOK_EVERY_MS = 300;
const TEMPLATE = {
  name: 'news',
  language: { code: 'en' },
  components: [{ type: 'body', parameters: [{ type: 'text', text: 'Hi {{name}}' }] }],
};

describe(`a broadcast to ${RECIPIENTS} recipients at tier 3 and 1,000 a second`, () => {
  test(
    'each gets it once while runners and senders are killed and it is paused, and replies go on',
    async () => {
      sending = await startSending({
        senders: 2,
        services: ['ingress', 'flow-runner'],
        fsync: 'always',
        flows: { 'echo.ygtc': replyFlow('{{message.text}}') },
        numbers: [{ phone_number_id: '100200300', tier: '3', throughput: 1_000 }],
        env: { SEND_TIMEOUT_MS: '4000', UNKNOWN_GRACE_MS: '12000', UNKNOWN_FLOOR_MS: '30000' },
        // Else what a sender had in hand when it was killed is left for people to judge.
        settings: 'on_unknown: retry_once\n',
      });
      const target = sending;
      await target.pipeline.start('flow-runner', 'flow-runner-2');
      const ref = await draft(target);
      const rss = watchMemory(target);
      const talk = chat(target);
      const startedMs = performance.now();
      await moveBroadcast(target.store.client, ref, 'start');
      await disturb(target, ref);
      const done = await waitFor(
        async () => {
          await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
          const now = await readBroadcast(target.store.client, ref);
          return now?.state === 'done' ? now : undefined;
        },
        'the broadcast to be done',
        WITHIN_MS,
      );
      const seconds = (performance.now() - startedMs) / 1_000;
      const replies = await talk.stop();
      const entries = target.pipeline.emulator.ledger().filter(({ type }) => type === 'template');
      const { states, reasons } = await countOutcomes(target.store.client, ref, done.total);
      const { tier, throughput } = limitsOf(target);
      figure(
        `${RECIPIENTS} recipients in ${seconds.toFixed(0)} s: ${(RECIPIENTS / seconds).toFixed(0)} a second with 5 kills and a pause; best second ${throughput.peak}; tier ${tier.peak} of 100000`,
      );
      figure(`outcomes ${JSON.stringify({ ...states, reasons })}`);
      figure(`memory of the runners, MB: ${rss.stop()}`);
      figure(`${replies.length} replies meanwhile: p50 ${at(replies, 0.5)} ms, p99 ${at(replies, 0.99)} ms`);
      expect(doubles(entries)).toEqual([]);
      expect(new Set(entries.map(({ to }) => to)).size).toBe(RECIPIENTS);
      expect(entries).toHaveLength(RECIPIENTS);
      expect([tier.violations, throughput.violations]).toEqual([0, 0]);
      expect(states).toMatchObject({ waiting: 0, queued: 0, failed: 0, gone: 0 });
      expect(replies.every((ms) => ms < Infinity)).toBe(true);
    },
    WITHIN_MS + 120_000,
  );
});

async function draft({ store, pipeline }: Sending): Promise<BroadcastRef> {
  const { tenant, id: team } = pipeline.team;
  const ref = { shard: 0, tenant, team, bid: broadcastId(tenant, team, 'proof') };
  const plan = {
    name: 'News',
    number: pipeline.number.id,
    template: TEMPLATE,
    columns: ['name'],
    headings: {},
  };
  await createBroadcast(store.client, ref, plan);
  const startedMs = performance.now();
  const report = await addFromFile(store.client, ref, csv(), { plan, format: 'csv' });
  figure(`${report.added} recipients read and added in ${(performance.now() - startedMs).toFixed(0)} ms`);
  expect(report).toMatchObject({ added: RECIPIENTS, faulty: 0, duplicates: 0 });
  return ref;
}

async function* csv(): AsyncGenerator<string> {
  yield 'phone,name\n';
  for (let from = 0; from < RECIPIENTS; from += 1_000) {
    const lines = Array.from(
      { length: Math.min(1_000, RECIPIENTS - from) },
      (_, place) => `+${FIRST + from + place},Name ${from + place}\n`,
    );
    await Promise.resolve();
    yield lines.join('');
  }
}

/** Kills each runner and a sender or two on the way, and pauses once, half way. */
async function disturb(target: Sending, ref: BroadcastRef): Promise<void> {
  const { pipeline } = target;
  const victims = ['flow-runner', 'sender-0', 'flow-runner-2', 'sender-1', 'flow-runner'];
  for (const [place, name] of victims.entries()) {
    await arrivals(target, (RECIPIENTS * (place + 1)) / (victims.length + 2));
    if (place === 2) await pauseAWhile(target, ref);
    await pipeline.services.get(name)?.kill('SIGKILL');
    await pipeline.start(name.startsWith('sender') ? 'sender' : 'flow-runner', name);
  }
}

async function pauseAWhile({ pipeline, store }: Sending, ref: BroadcastRef): Promise<void> {
  await moveBroadcast(store.client, ref, 'pause');
  const taken = await takeBack(store.client, ref, pipeline.number);
  const before = pipeline.emulator.ledger().length;
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  figure(`paused: ${taken} taken back, ${pipeline.emulator.ledger().length - before} still went`);
  await moveBroadcast(store.client, ref, 'resume');
}

function arrivals({ pipeline }: Sending, count: number): Promise<true> {
  return waitFor(
    async () => {
      // The emulator shares this process: its book is long, so it is not asked all the time.
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      return pipeline.emulator.ledger().length >= count ? true : undefined;
    },
    `${count} messages to arrive`,
    WITHIN_MS,
  );
}

/** Contacts who write all the while, one after another; `stop` resolves to how long each waited for its answer. */
function chat({ pipeline }: Sending) {
  const asked = new Map<string, number>();
  const secret = pipeline.team.appSecrets[0] ?? '';
  const number = pipeline.number.id;
  let index = 0;
  const ask = async (): Promise<void> => {
    index += 1;
    const from = String(628_900_000_000 + index);
    const message = { number, from, id: `wamid.L${index}`, content: text(`hi ${index}`) };
    asked.set(from, performance.timeOrigin + performance.now());
    await postWebhook(pipeline.webhookUrl, metaJson(webhook(messagesChange(number, [message]))), { secret });
  };
  const timer = setInterval(() => void ask().catch(() => undefined), CHAT_EVERY_MS);
  return {
    stop: async (): Promise<number[]> => {
      clearInterval(timer);
      const answers = () => pipeline.emulator.ledger().filter(({ type }) => type === 'text');
      await waitFor(() => (answers().length >= asked.size ? true : undefined), 'every reply', 60_000);
      return answers()
        .map(({ to, arrivedMs }) => arrivedMs - (asked.get(to) ?? Infinity))
        .sort((a, b) => a - b);
    },
  };
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(0);
}

/** How much memory the runners hold, every five seconds. */
function watchMemory({ pipeline }: Sending) {
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    for (const name of ['flow-runner', 'flow-runner-2']) {
      const pid = pipeline.services.get(name)?.pid;
      const status = pid === undefined ? '' : await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const kib = /VmRSS:\s+(\d+)/.exec(status)?.[1];
      if (kib !== undefined) seen.push(Math.round(Number(kib) / 1_024));
    }
  };
  const timer = setInterval(() => void read(), 5_000);
  return {
    stop: (): string => {
      clearInterval(timer);
      const third = Math.ceil(seen.length / 3);
      const most = (part: readonly number[]) => Math.max(0, ...part);
      return `${most(seen.slice(0, third))} in the first third, ${most(seen.slice(-third))} in the last`;
    },
  };
}
