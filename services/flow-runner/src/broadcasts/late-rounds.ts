import { settleLate, type Broadcast, type RedisClient } from '@alur/store';

// A receipt may come days after its message, and the record goes some days after that. So the recipients are gone through again and
// again, ever more slowly, as long as there is anything to learn.

const PART = 1_000;
const ROUND_MIN_MS = 30_000;
const ROUND_MAX_MS = 6 * 3_600_000;
const ROUND_GROWTH = 4;

export interface LateRounds {
  /** Takes the next part, when it is time for it; resolves to when the next one is due (Unix ms). */
  step(client: RedisClient, hand: { shard: number; broadcast: Broadcast }, nowMs: number): Promise<number>;
}

export function createLateRounds(): LateRounds {
  const rounds = new Map<string, { from: number; nextMs: number }>();
  return {
    step: async (client, { shard, broadcast }, nowMs) => {
      const { bid, reached } = broadcast;
      const round = rounds.get(bid) ?? { from: 0, nextMs: nowMs + ROUND_MIN_MS };
      rounds.set(bid, round);
      forgetOld(rounds, nowMs);
      if (round.nextMs > nowMs) return round.nextMs;
      await settleLate(
        client,
        { shard, ...broadcast },
        { from: round.from, count: Math.min(PART, reached - round.from) },
      );
      round.from += PART;
      if (round.from < reached) return nowMs;
      round.from = 0;
      const since = nowMs - (broadcast.endedMs ?? broadcast.beganMs ?? nowMs);
      round.nextMs = nowMs + Math.min(ROUND_MAX_MS, Math.max(ROUND_MIN_MS, since / ROUND_GROWTH));
      return round.nextMs;
    },
  };
}

/** Nobody looks any more at those that are gone. */
function forgetOld(rounds: Map<string, { nextMs: number }>, nowMs: number): void {
  for (const [bid, { nextMs }] of rounds) if (nextMs < nowMs - ROUND_MAX_MS) rounds.delete(bid);
}
