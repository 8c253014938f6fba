import {
  countOpen,
  failsTooOften,
  feedRecipients,
  findStop,
  moveBroadcast,
  noteBroadcast,
  settleOpen,
  takeBack,
  type StopReason,
} from '@alur/store';
import type { FeederDeps, FeederMemory, InHand } from './feeder.ts';

/** How many open messages are looked at in one look: twice as many as may be open. */
const SETTLE_SPARE = 2;

/**
 * One look at a broadcast that runs: what became of its open messages, whether it must stop, the next recipients, the end. Resolves to
 * whether anything moved.
 */
export async function feedRunning(hand: InHand, deps: FeederDeps, memory: FeederMemory): Promise<boolean> {
  const { broadcast, number, shard, ahead } = hand;
  const { client } = deps;
  const ref = { shard, ...broadcast };
  const nowMs = deps.now();
  const settled = await settleOpen(client, ref, { from: 0, most: SETTLE_SPARE * ahead });
  const reason = await findStop(client, ref, { broadcast, number, nowMs });
  if (reason !== undefined) return stop(hand, reason, deps);
  const open = await countOpen(client, ref);
  const fed = await feed({ ...hand, ahead: ahead - open }, deps);
  const position = broadcast.fed + fed;
  const rate = memory.rates.sample(broadcast.bid, position - open, nowMs);
  if (rate !== undefined) {
    await noteBroadcast(client, ref, { rate });
    // Now and then only: it reads a byte of every recipient.
    if (await failsTooOften(client, ref, broadcast)) return stop(hand, 'failures', deps);
  }
  await memory.late.step(client, hand, nowMs);
  const isOver = position >= broadcast.total && open === 0 && fed === 0;
  if (isOver) await moveBroadcast(client, ref, 'finish', { keepS: hand.keepS });
  return settled > 0 || fed > 0 || isOver;
}

/** Feeds until so many more are open. */
async function feed({ shard, broadcast, number, ahead }: InHand, deps: FeederDeps): Promise<number> {
  let position = broadcast.fed;
  let room = ahead;
  while (room > 0 && position < broadcast.total && !deps.stopping()) {
    const part = { broadcast: { ...broadcast, fed: position }, number, count: room };
    const result = await feedRecipients(deps.client, { shard, ...broadcast }, part);
    if (result === undefined) break;
    position += result.fed;
    room -= result.fed;
    // A reminder that cannot be added now is added by a sender's sweeper.
    await deps.queues
      .add(number.tier, { shard, number: number.id }, result.admitted)
      .catch((err: unknown) => deps.logger.warn({ err }, 'queue.add_failed'));
  }
  const fed = position - broadcast.fed;
  deps.metrics.messages.inc({ class: 'broadcast' }, fed);
  return fed;
}

async function stop(hand: InHand, reason: StopReason, deps: FeederDeps): Promise<true> {
  const { shard, broadcast, number, keepS } = hand;
  const ref = { shard, ...broadcast };
  await moveBroadcast(deps.client, ref, 'stop', { reason });
  await takeBack(deps.client, ref, number, keepS);
  return true;
}
