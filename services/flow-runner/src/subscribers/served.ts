import type { Subscriber, Team } from '@alur/bundle';
import type { RedisClient, SubscriptionRef } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { RunnerMetrics } from '../metrics.ts';
import type { WebCaller } from '../web/web-caller.ts';

export interface ServeDeps {
  client: RedisClient;
  /** Names this process among all that deliver. */
  owner: string;
  web: WebCaller;
  /** The subscriber as the bundle has it now; undefined when it has it no more. */
  find: () => { subscriber: Subscriber; team: Team } | undefined;
  stopping: () => boolean;
  metrics: Pick<RunnerMetrics, 'deliveries'>;
  logger: Logger;
}

/** Whose turn it is, and where their events are. */
export interface Served extends SubscriptionRef {
  shard: number;
}

/** What names a subscriber in a log. */
export function idsOf({ tenant, team, subscriber }: Served): SubscriptionRef {
  return { tenant, team, subscriber };
}
