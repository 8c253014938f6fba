import { Redis } from 'ioredis';
import type { BusinessNumber } from '@alur/bundle';
import type { LedgerEntry } from '@alur/emulator';
import {
  createTierQueues,
  enqueue,
  openConversation,
  openStore,
  shardOf,
  type NewMessage,
  type Store,
  type TierQueues,
} from '@alur/store';
import { hash, type MessageClass, type OutboundMessage, MessageId } from '@alur/types';
import { startPipeline, type Pipeline, type PipelineOptions } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

/** Sender processes against an emulator that keeps book of every limit, and a way to give them messages. */
export interface Sending {
  pipeline: Pipeline;
  store: Store;
  redis: Redis;
  /** Puts one message to each contact into the system, in order. */
  give(contacts: readonly string[], message: OutboundMessage, more?: GiveOptions): Promise<MessageId[]>;
  /** Messages whose records are not final. */
  open(): Promise<number>;
  /** How many records are in each state. */
  states(mids: readonly MessageId[]): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

interface GiveOptions {
  class?: MessageClass;
  number?: BusinessNumber;
  /** Waits for limits of any length, as `retry_on_rate_limit` does. */
  long?: boolean;
}

export const TEMPLATE: OutboundMessage = {
  kind: 'template',
  template: { name: 'news', language: { code: 'en' } },
};

const SHARDS = 1;
const CALL = 100;

export async function startSending(
  options: Partial<PipelineOptions> & { senders?: number },
): Promise<Sending> {
  const { senders = 1, ...rest } = options;
  const pipeline = await startPipeline({ flows: {}, services: ['ingress'], ...rest });
  for (let index = 0; index < senders; index += 1) await pipeline.start('sender', `sender-${index}`);
  const store = await openStore({ url: pipeline.redis.url, shards: SHARDS });
  const queues = createTierQueues(store.bull('queue'));
  const redis = new Redis(pipeline.redis.url);
  let given = 0;
  const give: Sending['give'] = async (contacts, message, more = {}) => {
    const number = more.number ?? pipeline.number;
    const messages = await Promise.all(
      contacts.map(async (waId) => {
        const cid = await openConversation(store.client, shardOf(number.tenant, SHARDS), number, { waId });
        return newMessage({ number, cid, waId, message, key: `k${(given += 1)}`, more });
      }),
    );
    for (let from = 0; from < messages.length; from += CALL) {
      await giveBatch(messages.slice(from, from + CALL), number, { store, queues });
    }
    return messages.map(({ data }) => data.mid);
  };
  return {
    pipeline,
    store,
    redis,
    give,
    open: () => redis.zcard('{s0}:outbox'),
    states: (mids) => countStates(redis, mids),
    stop: async () => {
      await queues.close();
      await store.close();
      redis.disconnect();
      await pipeline.stop();
    },
  };
}

function newMessage(given: {
  number: BusinessNumber;
  cid: NewMessage['data']['cid'];
  waId: string;
  message: OutboundMessage;
  key: string;
  more: GiveOptions;
}): NewMessage {
  const { number, cid, waId, message, key, more } = given;
  const { tenant, team } = number;
  return {
    data: {
      mid: MessageId.parse(hash(tenant, key)),
      cid,
      class: more.class ?? 'notification',
      tenant,
      team,
      number: number.id,
    },
    body: { to: { waId }, message },
    retryOnRateLimit: more.long ?? true,
  };
}

async function giveBatch(
  messages: readonly NewMessage[],
  number: BusinessNumber,
  { store, queues }: { store: Store; queues: TierQueues },
): Promise<void> {
  const shard = shardOf(number.tenant, SHARDS);
  const admitted = await enqueue(store.client, shard, number, messages);
  await queues.add(number.tier, { shard, number: number.id }, admitted);
}

async function countStates(redis: Redis, mids: readonly MessageId[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const pipeline = redis.pipeline();
  for (const mid of mids) pipeline.hget(`{s0}:msg:${mid}`, 'state');
  for (const [, state] of (await pipeline.exec()) ?? []) {
    counts[String(state)] = (counts[String(state)] ?? 0) + 1;
  }
  return counts;
}

/** So many made-up contacts. */
export function contacts(count: number, from = 628_300_000_000): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index));
}

/** Waits until the emulator has accepted so many messages. */
export function accepted(sending: Sending, count: number, withinMs: number): Promise<LedgerEntry[]> {
  const { emulator } = sending.pipeline;
  return waitFor(
    () => (emulator.ledger().length >= count ? emulator.ledger() : undefined),
    `${count} messages to be accepted`,
    withinMs,
  );
}

/** How the limits of the one number fared. */
export function limitsOf(sending: Sending) {
  const report = sending.pipeline.emulator.limits()[sending.pipeline.number.id];
  if (!report) throw new Error('the emulator does not know the number');
  return report;
}

/** Messages whose mid was accepted more than once, by the tag that each attempt bears. */
export function doubles(entries: readonly LedgerEntry[]): string[] {
  const seen = new Map<string, number>();
  for (const { opaque } of entries) {
    const mid = opaque?.split('.')[1] ?? '';
    seen.set(mid, (seen.get(mid) ?? 0) + 1);
  }
  return [...seen].filter(([, count]) => count > 1).map(([mid]) => mid);
}

const SPAN_MS = 5_000;

/**
 * Share of the allowed messages that went out: over all of the time between the first and the last whole second, and in the best
 * five seconds of it, which says what is possible also where other programs take the processor at times.
 */
export function useOf(entries: readonly LedgerEntry[], perSecond: number): { all: number; best: number } {
  const times = entries.map(({ arrivedMs }) => arrivedMs).sort((a, b) => a - b);
  const from = (times[0] ?? 0) + 1_000;
  const till = (times.at(-1) ?? 0) - 1_000;
  const share = (start: number, end: number) =>
    times.filter((ms) => ms >= start && ms < end).length / (perSecond * ((end - start) / 1_000));
  const spans = times.filter((ms) => ms >= from && ms + SPAN_MS <= till);
  return { all: share(from, till), best: Math.max(...spans.map((start) => share(start, start + SPAN_MS))) };
}
