import { findTeam } from '@alur/bundle';
import { emit, noteBroadcast, type BroadcastState } from '@alur/store';
import { hash, isWanted, type OwnEventType } from '@alur/types';
import type { FeederDeps, InHand } from './feeder.ts';

const EVENTS: Partial<Record<BroadcastState, OwnEventType>> = {
  running: 'broadcast.started',
  stopped: 'broadcast.stopped',
  done: 'broadcast.done',
};

/** Tells subscribers and the log what a broadcast has come to, once each change; again, by the same id, where that was not noted. */
export async function tellBroadcast({ shard, broadcast }: InHand, deps: FeederDeps): Promise<void> {
  const { tenant, team, bid, state, changedMs, number, total, fed, reason } = broadcast;
  if (state === 'draft' || broadcast.toldMs === changedMs) return;
  const type = EVENTS[state];
  const facts = { number, total, fed, ...(reason !== undefined && { reason }) };
  if (type !== undefined && isHeard({ tenant, team, type }, deps)) {
    const id = hash('broadcast', bid, state, changedMs);
    const payload = { broadcast: bid, name: broadcast.name, ...facts };
    await emit(deps.client, shard, [{ id, tenant, team, type, at: Math.floor(changedMs / 1_000), payload }]);
  }
  const level = state === 'stopped' ? 'warn' : 'info';
  deps.logger[level]({ tenant, team, broadcast: bid, state, ...facts }, 'broadcast.turned');
  deps.metrics.broadcastTurns.inc({ state });
  await noteBroadcast(deps.client, { shard, ...broadcast }, { told: changedMs });
}

function isHeard(
  { tenant, team, type }: { tenant: string; team: string; type: OwnEventType },
  { bundle }: FeederDeps,
): boolean {
  const current = bundle();
  const subscribers = (current && findTeam(current, tenant, team)?.subscribers) ?? [];
  return subscribers.some(({ events }) => isWanted(events, type));
}
