import { findNumber, type Bundle } from '@alur/bundle';
import {
  admit,
  dueMessages,
  flightCaps,
  forgetMessage,
  readMessage,
  shardOf,
  sweep,
  type RedisClient,
  type SweepPolicy,
  type Swept,
  type TierQueues,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { SenderMetrics } from './metrics.ts';

const BATCH = 200;

export interface SweepDeps {
  client: RedisClient;
  queues: TierQueues;
  shards: number;
  bundle: () => Bundle | undefined;
  policy: SweepPolicy;
  metrics: SenderMetrics;
  logger: Logger;
}

/**
 * Looks at every open message whose next check is due: jobs that were lost are added again, attempts whose sender was
 * lost become unknown, unknowns past their grace are judged. Any number of senders may sweep at once.
 */
export async function sweepOutbox(deps: SweepDeps): Promise<void> {
  for (let shard = 0; shard < deps.shards; shard += 1) {
    const due = await dueMessages(deps.client, shard, Date.now(), BATCH);
    for (const mid of due) await sweepOne(shard, mid, deps);
  }
  await admitWaiting(deps);
}

/** A place that became free without anybody telling (a message settled while its job waited) is given away here. */
async function admitWaiting(deps: SweepDeps): Promise<void> {
  const teams = deps.bundle()?.tenants.flatMap((tenant) => tenant.teams) ?? [];
  await Promise.all(
    teams
      .flatMap((team) => team.numbers)
      .map(async ({ id, tenant, tier, throughput }) => {
        const shard = shardOf(tenant, deps.shards);
        const admitted = await admit(deps.client, shard, id, flightCaps(throughput));
        await deps.queues.add(tier, { shard, number: id }, admitted);
      }),
  );
}

async function sweepOne(shard: number, mid: string, deps: SweepDeps): Promise<void> {
  const data = await readMessage(deps.client, shard, mid);
  if (!data) return forgetMessage(deps.client, shard, mid);
  const bundle = deps.bundle();
  const number = bundle && findNumber(bundle, data.number);
  if (!number) return;
  const ref = { mid: data.mid, cid: data.cid, class: data.class, number: data.number, shard };
  const swept = await sweep(deps.client, ref, { ...deps.policy, caps: flightCaps(number.throughput) });
  await deps.queues.add(number.tier, ref, swept.admitted);
  if (swept.action === 'job' || swept.action === 'retry') {
    await deps.queues.remind(number.tier, ref, { attempt: swept.attempt });
  }
  report(swept, data.mid, deps);
}

function report({ action }: Swept, mid: string, { metrics, logger }: SweepDeps): void {
  if (action === 'unknown') metrics.unknowns.inc({ outcome: 'owner_lost' });
  if (action === 'retry') metrics.unknowns.inc({ outcome: 'retried' });
  if (action === 'parked') {
    metrics.unknowns.inc({ outcome: 'parked' });
    metrics.dead.inc({ reason: 'unknown_outcome' });
  }
  if (action !== 'none') logger.warn({ mid, action }, 'outbox.swept');
}
