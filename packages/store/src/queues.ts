import { ConversationId, MessageClass, MessageId, NumberId, TIERS, type Tier } from '@alur/types';
import { DelayedError, Queue, Worker, type ConnectionOptions, type Job } from 'bullmq';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import type { Admitted } from './record.ts';

// One queue a tier. A job is a reminder that a message may go: it carries ids, never the message, and the record
// decides. So a job too many does no harm, and a job lost is added again by the sweeper.

/** What a job carries: enough to name the keys that `claim` needs. */
export const Reminder = z.object({
  mid: MessageId,
  cid: ConversationId,
  class: MessageClass,
  number: NumberId,
  shard: z.number().int().nonnegative(),
  /** The turn that its worker has come to, when that is news: what is admitted from now on comes after. */
  turn: z.number().int().positive().optional(),
});
export type Reminder = z.infer<typeof Reminder>;

const queueName = (tier: Tier) => `tier-${tier}`;
// Its own hash tag, so that a queue's keys share a slot in a cluster.
const prefixOf = (tier: Tier) => `{q-${tier}}`;
const bullConnection = (client: RedisClient): ConnectionOptions => client;

export interface TierQueues {
  /** Adds the jobs of messages that were just admitted. All calls of one tick go to Redis together. */
  add(tier: Tier, where: { shard: number; number: NumberId }, admitted: readonly Admitted[]): Promise<void>;
  /** Adds a job for one attempt; nothing happens when it exists already. */
  remind(tier: Tier, ref: Reminder, attempt: number): Promise<void>;
  /** Waiting, delayed and active jobs of a tier, and how long the oldest waiting one has waited, in seconds. */
  depth(
    tier: Tier,
    nowMs: number,
  ): Promise<{ waiting: number; delayed: number; active: number; oldestAgeS: number }>;
  /** Senders that are connected to a tier's queue; undefined where Redis does not tell who is connected. */
  senders(tier: Tier): Promise<number | undefined>;
  close(): Promise<void>;
}

interface PendingJob {
  name: 'send';
  data: Reminder;
  opts: { jobId: string; priority?: number };
}

// Turns go to 2^23, BullMQ's priorities not so far, so a few turns share one. Jobs without one, a sweeper's reminders, go first.
const TURNS_A_PRIORITY = 8;
const PRIORITIES = 2 ** 20;

export function createTierQueues(client: RedisClient): TierQueues {
  const queues = new Map<Tier, BatchedQueue>();
  const queueOf = (tier: Tier) => {
    const known = queues.get(tier) ?? new BatchedQueue(tier, client);
    queues.set(tier, known);
    return known;
  };
  return {
    add: async (tier, where, admitted) => {
      if (admitted.length === 0) return;
      const since = Date.now().toString(36);
      await queueOf(tier).add(admitted.map((message) => jobOf({ ...message, ...where }, since)));
    },
    remind: (tier, ref, attempt) => queueOf(tier).add([jobOf({ ...ref, turn: undefined }, String(attempt))]),
    depth: (tier, nowMs) => queueOf(tier).depth(nowMs),
    senders: (tier) => queueOf(tier).senders(),
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

// A message may be admitted again while the job of the last time is just ending, so each time has an id of its own.
function jobOf(ref: Reminder, time: string): PendingJob {
  const { mid, cid, number, shard, turn } = ref;
  return {
    name: 'send',
    data: { mid, cid, class: ref.class, number, shard },
    opts: {
      jobId: `m-${mid}-${time}`,
      ...(turn !== undefined && { priority: Math.ceil(turn / TURNS_A_PRIORITY) }),
    },
  };
}

/** Collects the jobs of one tick, so that turns committed together cost one round trip. */
class BatchedQueue {
  readonly #queue: Queue<Reminder>;
  #pending: PendingJob[] = [];
  #flush: Promise<void> | undefined;

  constructor(tier: Tier, client: RedisClient) {
    this.#queue = new Queue(queueName(tier), {
      connection: bullConnection(client),
      prefix: prefixOf(tier),
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
      skipWaitingForReady: true,
    });
    this.#queue.on('error', () => undefined);
  }

  add(jobs: readonly PendingJob[]): Promise<void> {
    this.#pending.push(...jobs);
    this.#flush ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        const batch = this.#pending;
        this.#pending = [];
        this.#flush = undefined;
        this.#queue.addBulk(batch).then(() => resolve(), reject);
      });
    });
    return this.#flush;
  }

  async depth(nowMs: number) {
    const counts = await this.#queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active');
    const firsts = await this.#queue.getJobs(['prioritized', 'waiting'], 0, 0, true);
    const oldestMs = Math.min(nowMs, ...firsts.map(({ timestamp }) => timestamp));
    return {
      waiting: (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0),
      delayed: counts['delayed'] ?? 0,
      active: counts['active'] ?? 0,
      oldestAgeS: (nowMs - oldestMs) / 1000,
    };
  }

  async senders(): Promise<number | undefined> {
    const workers = await this.#queue.getWorkers().catch(() => undefined);
    // What BullMQ gives in place of an answer where the command is forbidden has no address.
    return workers?.every((worker) => worker['addr'] !== undefined) === true ? workers.length : undefined;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }
}

/** `later`: nothing is known of its number now; it comes back after `delayMs`. */
export type JobOutcome = { kind: 'done' } | { kind: 'later'; delayMs: number };

export interface TierWorker {
  /** Takes no new job and waits for the active ones. */
  close(): Promise<void>;
}

export interface TierWorkerOptions {
  tier: Tier;
  concurrency: number;
  client: RedisClient;
  process: (reminder: Reminder) => Promise<JobOutcome>;
  onError: (error: Error) => void;
}

// A job survives any number of lost workers: a message that kills its sender is counted in the record, not here.
const STALLED_MAX = 1_000_000;

/** A worker on one tier's queue. */
export function startTierWorker(options: TierWorkerOptions): TierWorker {
  const turnAt = followTurns();
  const worker = new Worker<Reminder, void>(
    queueName(options.tier),
    async (job: Job<Reminder>, token) => {
      const outcome = await options.process(Reminder.parse({ ...job.data, turn: turnAt(job.priority) }));
      if (outcome.kind === 'done') return;
      await job.moveToDelayed(Date.now() + outcome.delayMs, token);
      throw new DelayedError();
    },
    {
      connection: bullConnection(options.client),
      prefix: prefixOf(options.tier),
      concurrency: options.concurrency,
      // A bulkhead only: its window is fixed and lets up to twice the rate through. `claim` holds Meta's limits.
      limiter: { max: TIERS[options.tier].jobsPerSecond, duration: 1_000 },
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: STALLED_MAX,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on('error', options.onError);
  worker.on('failed', (_job, error) => options.onError(error));
  return { close: () => worker.close() };
}

/** The newest turn that a worker has come to, where that is news for whoever gave out the turn of this job. */
function followTurns(): (priority: number) => number | undefined {
  let newest = 0;
  return (priority) => {
    if (priority === 0 || priority === newest) return undefined;
    // Much lower than the newest: the turns have begun again from the start.
    if (priority > newest || newest - priority > PRIORITIES / 2) newest = priority;
    return newest * TURNS_A_PRIORITY;
  };
}
