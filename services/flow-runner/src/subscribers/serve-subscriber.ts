import { takeSubscription, type TakenSubscription } from '@alur/store';
import { idsOf, type ServeDeps, type Served } from './served.ts';
import { tellBatch } from './tell-batch.ts';

/**
 * Tells a subscriber what it has not heard, a batch after the other, until nothing is left, one event fails, or we stop. Says where the
 * subscription stands then. Throws on I/O trouble; the lease ends by itself then.
 */
export async function serveSubscriber(
  served: Served,
  reopen: boolean,
  deps: ServeDeps,
): Promise<Exclude<TakenSubscription['kind'], 'taken'>> {
  const { client, owner, metrics, logger } = deps;
  for (let isFirst = true; ; isFirst = false) {
    const options = { owner, reopen: reopen && isFirst };
    const taken = await takeSubscription(client, served.shard, served, options);
    if (taken.kind !== 'taken') return taken.kind;
    if (taken.missed > 0) {
      metrics.deliveries.inc({ outcome: 'missed' }, taken.missed);
      logger.warn({ ...idsOf(served), missed: taken.missed }, 'subscriber.missed');
    }
    if (!(await tellBatch(served, taken, deps))) return 'waits';
  }
}
