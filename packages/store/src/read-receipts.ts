import { EventId, NumberId } from '@alur/types';
import { Queue, Worker, type ConnectionOptions, type Job } from 'bullmq';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys, shardOf } from './keys.ts';

// A read receipt is a courtesy: it is told once at most, late it is not told at all, and no message waits for it.

const QUEUE = 'read-receipts';
const PREFIX = '{q-reads}';
/** After this nobody cares any more, and what names the message goes. */
const KEEP_S = 120;
/** Of all numbers together: Meta documents no limit for receipts. */
const PER_SECOND = 200;
const STALLED_MAX = 1;
/** What waits behind so many is told too late in any case. */
const WAITING_MAX = KEEP_S * PER_SECOND;
const COUNT_EVERY_MS = 1_000;

const ReadJob = z.object({
  shard: z.number().int().nonnegative(),
  number: NumberId,
  evt: EventId,
  typing: z.boolean(),
});

/** A contact's message that a flow has taken. With `typing` the contact also sees that an answer is on its way. */
export interface ReadReceipt {
  tenant: string;
  number: NumberId;
  evt: EventId;
  wamid: string;
  typing: boolean;
}

export interface ReadReceipts {
  /** Leaves it to the senders; a second one for the same event does nothing while the first waits, nor any while too many do. */
  tell(receipt: ReadReceipt): Promise<void>;
  close(): Promise<void>;
}

export interface ReadReceiptDeps {
  client: RedisClient;
  /** For BullMQ alone. */
  bull: RedisClient;
  shards: number;
  waitingMax?: number;
}

const connectionOf = (client: RedisClient): ConnectionOptions => client;

export function createReadReceipts({
  client,
  bull,
  shards,
  waitingMax = WAITING_MAX,
}: ReadReceiptDeps): ReadReceipts {
  // Made when it is first used: BullMQ never gets over a Redis that was away at the start.
  let queue: Queue | undefined;
  let hasRoom: (() => Promise<boolean>) | undefined;
  return {
    tell: async ({ tenant, number, evt, wamid, typing }) => {
      queue ??= createQueue(bull);
      hasRoom ??= roomIn(queue, waitingMax);
      if (!(await hasRoom())) return;
      const shard = shardOf(tenant, shards);
      // A wamid holds the phone number, so it stands in no job.
      await client.set(shardKeys(shard).readReceipt(evt), wamid, 'EX', KEEP_S);
      await queue.add('read', { shard, number, evt, typing }, { jobId: `r-${evt}` });
    },
    close: async () => queue?.close(),
  };
}

/** Counts once in a while: without a sender receipts would fill Redis. */
function roomIn(queue: Queue, most: number): () => Promise<boolean> {
  let countedAt = -Infinity;
  let waiting = Promise.resolve(0);
  return async () => {
    if (performance.now() - countedAt > COUNT_EVERY_MS) {
      countedAt = performance.now();
      waiting = queue.getWaitingCount();
    }
    return (await waiting) < most;
  };
}

function createQueue(bull: RedisClient): Queue {
  const queue = new Queue(QUEUE, {
    connection: connectionOf(bull),
    prefix: PREFIX,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
    skipWaitingForReady: true,
  });
  queue.on('error', () => undefined);
  return queue;
}

/** Takes the receipts that runners left, each once. `close` waits for those in hand. */
export function startReadReceiptWorker(options: {
  client: RedisClient;
  /** For BullMQ alone. */
  bull: RedisClient;
  concurrency: number;
  send: (receipt: Pick<ReadReceipt, 'number' | 'wamid' | 'typing'>) => Promise<void>;
  onError: (error: Error) => void;
}): { close(): Promise<void> } {
  const { client, bull, concurrency, send, onError } = options;
  const worker = new Worker<unknown, void>(
    QUEUE,
    async (job: Job<unknown>) => {
      const { shard, number, evt, typing } = ReadJob.parse(job.data);
      const wamid = await client.getdel(shardKeys(shard).readReceipt(evt));
      if (wamid !== null) await send({ number, wamid, typing });
    },
    {
      connection: connectionOf(bull),
      prefix: PREFIX,
      concurrency,
      limiter: { max: PER_SECOND, duration: 1_000 },
      maxStalledCount: STALLED_MAX,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return { close: () => worker.close() };
}
