import type { Subscriber, Team } from '@alur/bundle';
import { readContact, type Emitted, type StoredContact } from '@alur/store';
import type { HttpResult } from '@alur/types';
import { renderDelivery } from './render-delivery.ts';
import { idsOf, type ServeDeps, type Served } from './served.ts';

/** The answer of a subscriber that is gone for good. */
const GONE = 410;

/** What became of one try. `stopped`: it says nothing of the subscriber. */
export type Told = { kind: 'delivered' | 'stopped' } | { kind: 'failed'; isGone: boolean; answer: string };

/** One try to tell a subscriber of one event. */
export async function tellEvent(
  served: Served,
  event: Emitted,
  { subscriber, team }: { subscriber: Subscriber; team: Team },
  deps: ServeDeps,
): Promise<Told> {
  const { web, metrics, logger } = deps;
  const contact = await contactOf(served, event, deps);
  const timestamp = Math.floor(Date.now() / 1_000);
  const result = await web.perform(renderDelivery({ event, contact, subscriber, timestamp }), team);
  const line = { ...idsOf(served), event: event.id, ms: result.ms, ...answerOf(result) };
  if (result.kind === 'answer' && result.status >= 200 && result.status < 300) {
    metrics.deliveries.inc({ outcome: 'delivered' });
    logger.info(line, 'subscriber.told');
    return { kind: 'delivered' };
  }
  if (result.kind === 'failed' && result.code === 'stopped') return { kind: 'stopped' };
  const isGone = result.kind === 'answer' && result.status === GONE;
  metrics.deliveries.inc({ outcome: isGone ? 'gone' : 'failed' });
  logger.warn(line, 'subscriber.not_told');
  return { kind: 'failed', isGone, answer: String(Object.values(answerOf(result))[0]) };
}

async function contactOf(
  { shard }: Served,
  { cid, contact }: Emitted,
  { client }: ServeDeps,
): Promise<Partial<StoredContact> | undefined> {
  return cid === undefined ? contact : readContact(client, shard, cid);
}

/** What came back, without a word of what the subscriber said. */
function answerOf(result: HttpResult): { status: number } | { code: string } {
  return result.kind === 'answer' ? { status: result.status } : { code: result.code };
}
