import { countOpen, settleOpen, takeBack } from '@alur/store';
import type { FeederDeps, FeederMemory, InHand } from './feeder.ts';

const OPEN_EVERY_MS = 1_000;

/**
 * One look at a broadcast that does not run: whoever paused or cancelled it may have been lost before all that waited was taken back, and
 * what a sender has in hand comes to its end. Resolves to when to look again, Unix ms.
 */
export async function clearStanding(
  { shard, broadcast, number, keepS, ahead }: InHand,
  { client, now }: FeederDeps,
  { late, rates }: FeederMemory,
): Promise<number> {
  const ref = { shard, ...broadcast };
  rates.forget(broadcast.bid);
  if ((await countOpen(client, ref)) > 0) {
    await takeBack(client, ref, number, keepS);
    await settleOpen(client, ref, { from: 0, most: 2 * ahead });
  }
  const open = await countOpen(client, ref);
  const lateMs = await late.step(client, { shard, broadcast }, now());
  return open > 0 ? now() + OPEN_EVERY_MS : Math.max(now(), lateMs);
}
