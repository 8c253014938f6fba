import type { Bundle, BusinessNumber } from '@alur/bundle';
import type { Broadcast, RedisClient, TierQueues } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { RunnerMetrics } from '../metrics.ts';
import type { LateRounds } from './late-rounds.ts';
import type { Rates } from './rates.ts';

export interface FeederDeps {
  client: RedisClient;
  shards: number;
  queues: TierQueues;
  bundle: () => Bundle | undefined;
  stopping: () => boolean;
  canWork: () => boolean;
  metrics: RunnerMetrics;
  logger: Logger;
  /** Who this runner is. */
  owner: string;
  /** Unix ms. */
  now: () => number;
}

/** What a feeder knows beside Redis; lost with it, to no harm. */
export interface FeederMemory {
  late: LateRounds;
  rates: Rates;
}

/** A broadcast in hand. */
export interface InHand {
  shard: number;
  broadcast: Broadcast;
  number: BusinessNumber;
  keepS: number;
  /** How many messages of it may be open. */
  ahead: number;
}
