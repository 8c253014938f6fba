import { findNumber, findTeam, type BusinessNumber } from '@alur/bundle';
import {
  dueBroadcasts,
  holdFeeder,
  lookAgain,
  moveBroadcast,
  readQuality,
  type Broadcast,
} from '@alur/store';
import { clearStanding } from './clear-standing.ts';
import { feedRunning } from './feed-running.ts';
import type { FeederDeps, FeederMemory } from './feeder.ts';
import { createLateRounds } from './late-rounds.ts';
import { createRates } from './rates.ts';
import { tellBroadcast } from './tell-broadcast.ts';

// A broadcast's recipients are given their messages a little ahead of what its number may send, so that it can stop at once and the
// queues stay short. What is right rests on scripts alone; that one runner feeds a shard at a time saves work.

const LOOK_EVERY_MS = 250;
/** Where nothing moved, because a limit is waited for: the next look may take its time. */
const IDLE_MS = 2_000;
/** The number is not in the bundle now. */
const UNKNOWN_MS = 10_000;
const BROADCASTS_PER_LOOK = 100;

/** Looks four times a second until `stopping`; the result resolves when the last look is over. */
export async function runFeeder(deps: FeederDeps): Promise<void> {
  const memory: FeederMemory = { late: createLateRounds(), rates: createRates() };
  while (!deps.stopping()) {
    if (deps.canWork()) await lookAtShards(deps, memory);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function lookAtShards(deps: FeederDeps, memory: FeederMemory): Promise<void> {
  for (let shard = 0; shard < deps.shards; shard += 1) {
    await lookAtBroadcasts(shard, deps, memory).catch((err: unknown) =>
      deps.logger.warn({ shard, err }, 'broadcasts.look_failed'),
    );
  }
}

/** One look at the broadcasts of a shard. What fails with one keeps none of the others. */
export async function lookAtBroadcasts(shard: number, deps: FeederDeps, memory: FeederMemory): Promise<void> {
  const due = await dueBroadcasts(deps.client, shard, deps.now(), BROADCASTS_PER_LOOK);
  if (due.length === 0 || !(await holdFeeder(deps.client, shard, deps.owner))) return;
  const running = due.filter(({ state }) => state === 'running');
  await Promise.all(
    due.map(async (broadcast) => {
      const beside = running.filter(({ number }) => number === broadcast.number).length;
      const { tenant, team, bid } = broadcast;
      await lookAtOne(shard, { broadcast, beside }, deps, memory).catch((err: unknown) =>
        deps.logger.warn({ tenant, team, broadcast: bid, err }, 'broadcast.look_failed'),
      );
    }),
  );
}

async function lookAtOne(
  shard: number,
  { broadcast, beside }: { broadcast: Broadcast; beside: number },
  deps: FeederDeps,
  memory: FeederMemory,
): Promise<void> {
  const { client } = deps;
  const ref = { shard, ...broadcast };
  const found = numberOf(broadcast, deps);
  if (found === undefined) return lookAgain(client, ref, deps.now() + UNKNOWN_MS);
  const { number, keepS } = found;
  const hand = { shard, broadcast, number, keepS, ahead: aheadOf(number, broadcast, beside) };
  await tellBroadcast(hand, deps);
  if (broadcast.state === 'scheduled') {
    const { startAtMs = 0 } = broadcast;
    // Its time was moved while somebody put it off.
    if (startAtMs > deps.now()) return lookAgain(client, ref, startAtMs);
    await moveBroadcast(client, ref, 'start', { quality: await readQuality(client, shard, number) });
    return;
  }
  if (broadcast.state === 'running') {
    const hasMoved = await feedRunning(hand, deps, memory);
    return lookAgain(client, ref, deps.now() + (hasMoved ? 0 : IDLE_MS));
  }
  await lookAgain(client, ref, await clearStanding(hand, deps, memory));
}

function numberOf(
  broadcast: Broadcast,
  { bundle }: FeederDeps,
): { number: BusinessNumber; keepS: number } | undefined {
  const current = bundle();
  const team = current && findTeam(current, broadcast.tenant, broadcast.team);
  const number = current && findNumber(current, broadcast.number);
  const isTheirs = number?.tenant === broadcast.tenant && number.team === broadcast.team;
  if (!current || !isTheirs || team?.enabled !== true) return undefined;
  return { number, keepS: current.recordKeepS };
}

// Two seconds of a number's rate, which is how long a runner that was killed may be missed; those of one number share it. Where it goes
// slower than it may, three seconds of what it does: each look reads all that is open, and all of it must be taken back for a pause.
const AHEAD_S = 2;
const AHEAD_MAX = 2_000;
const AHEAD_SEEN_S = 3;
const AHEAD_SEEN_MIN = 200;
const AHEAD_MIN = 20;

function aheadOf({ throughput }: BusinessNumber, { perSecond }: Broadcast, beside: number): number {
  const most = Math.min(AHEAD_MAX, AHEAD_S * throughput) / Math.max(1, beside);
  const seen = perSecond === undefined ? most : Math.max(AHEAD_SEEN_MIN, AHEAD_SEEN_S * perSecond);
  return Math.max(AHEAD_MIN, Math.floor(Math.min(most, seen)));
}
