import { findNumber, findTeam, type Bundle } from '@alur/bundle';
import {
  keepAside,
  parseItem,
  type Commit,
  type Loaded,
  type ReadyEntry,
  type RedisClient,
  type TierQueues,
  type Turns,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { InboundEvent, TurnResult } from '@alur/types';
import type { RunnerMetrics } from './metrics.ts';
import { fallbackTurn, takeTurn, type TakenTurn, type TurnInput } from './take-turn.ts';
import type { TeamFlows } from './team-flows.ts';
import type { TierRoom } from './tier-room.ts';

// An event whose owner was lost this often is what loses them.
const LOST_MAX = 10;

export interface WorkDeps {
  turns: Turns;
  queues: TierQueues;
  client: RedisClient;
  shards: number;
  bundle: () => Bundle | undefined;
  flows: TeamFlows;
  tierRoom: TierRoom;
  /** True when the service wants to stop: finish the event in hand, leave the rest to others. */
  stopping: () => boolean;
  /** Lets another runner have the entry at once. */
  release: (entry: ReadyEntry) => Promise<void>;
  metrics: RunnerMetrics;
  logger: Logger;
}

/** What comes after an event: the next one at hand, a look at the inbox, or leaving the conversation alone. */
type Step = { kind: 'next'; loaded: Loaded } | { kind: 'look' } | { kind: 'leave' };

/**
 * Takes the events of one conversation in order until its inbox is empty. Throws only on I/O trouble: nothing is
 * lost then, the entry is still pending and the same turn comes to the same result.
 */
export async function workConversation(entry: ReadyEntry, deps: WorkDeps): Promise<void> {
  let loaded = await deps.turns.load(entry);
  while (loaded) {
    const step = await takeHead(entry, loaded, deps);
    if (step.kind === 'leave') return;
    if (deps.stopping()) return deps.release(entry);
    loaded = step.kind === 'next' ? step.loaded : await deps.turns.load({ ...entry, recovered: false });
  }
}

async function takeHead(entry: ReadyEntry, loaded: Loaded, deps: WorkDeps): Promise<Step> {
  const startedAt = performance.now();
  const event = parseItem(loaded.item);
  if (!event) return setAside(entry, loaded, 'unreadable_event', deps);
  if (loaded.lost >= LOST_MAX) return setAside(entry, loaded, 'owner_lost', deps);
  const context = await contextOf(event, deps);
  if (!context) {
    await deps.turns.forgiveLost(entry);
    deps.metrics.turns.inc({ outcome: 'deferred' });
    return { kind: 'leave' };
  }
  const { commit, result } = await turnOrFallback({ entry, loaded, event, ...context }, deps);
  const committed = await deps.turns.commit(commit);
  if (committed.kind === 'stale' || committed.kind === 'done') {
    deps.metrics.turns.inc({ outcome: committed.kind === 'stale' ? 'stale' : 'repeated' });
    return { kind: committed.kind === 'stale' ? 'leave' : 'look' };
  }
  deps.metrics.turns.inc({ outcome: result.outcome });
  deps.metrics.turnDuration.observe((performance.now() - startedAt) / 1000);
  logTurn(event, result, deps.logger);
  await announce(commit, committed.admitted, context, deps);
  if (committed.next === undefined) return { kind: 'leave' };
  return { kind: 'next', loaded: loadedAfter(commit, committed.next, loaded.optedOut) };
}

/** What a look at the conversation would find after a commit. */
function loadedAfter(commit: Commit, item: Loaded['item'], optedOut: Loaded['optedOut']): Loaded {
  const wish = commit.wishes.at(-1);
  const wished = wish?.change === 'out' ? wish.scope : undefined;
  const { version, session, contact, lastMessageTime } = commit;
  const left = { session, contact, lastMessageTime, optedOut: wish === undefined ? optedOut : wished };
  return { ...left, item, version: version + 1, lost: 0 };
}

type TurnContext = Pick<TurnInput, 'flows' | 'number' | 'fallbackMessage' | 'optOut' | 'tierRemaining'>;

/** What the event's team runs; undefined while it cannot run. */
async function contextOf(event: InboundEvent, deps: WorkDeps): Promise<TurnContext | undefined> {
  const bundle = deps.bundle();
  const team = bundle && findTeam(bundle, event.tenant, event.team);
  const number = bundle && findNumber(bundle, event.number);
  const flows = deps.flows.get(event.tenant, event.team);
  if (!team || !number || !flows) return undefined;
  const { fallbackMessage, optOut } = team;
  return { flows, number, fallbackMessage, optOut, tierRemaining: await deps.tierRoom.of(number) };
}

/** A turn that throws would throw again: its event is kept aside, and the conversation goes on. */
async function turnOrFallback(input: TurnInput, deps: WorkDeps): Promise<TakenTurn> {
  try {
    return takeTurn(input);
  } catch (err) {
    const { tenant, team, evt } = input.event;
    deps.logger.error({ err, tenant, team, evt }, 'turn.threw');
    deps.metrics.turns.inc({ outcome: 'quarantined' });
    const raw = input.loaded.item.json;
    await keepAside(deps.client, deps.shards, [{ tenant, team, reason: 'turn_threw', raw }]);
    return fallbackTurn(input);
  }
}

/** Messages are safe once committed; a job that cannot be added now is added by the sender's sweeper. */
async function announce(
  commit: Commit,
  admitted: Parameters<TierQueues['add']>[2],
  context: TurnContext,
  deps: WorkDeps,
): Promise<void> {
  for (const message of commit.messages) deps.metrics.messages.inc({ class: message.data.class });
  const where = { shard: commit.entry.shard, number: commit.number.id };
  await deps.queues.add(context.number.tier, where, admitted).catch((err: unknown) => {
    deps.logger.warn({ err }, 'queue.add_failed');
  });
}

async function setAside(entry: ReadyEntry, loaded: Loaded, reason: string, deps: WorkDeps): Promise<Step> {
  await deps.turns.quarantine(entry, loaded.item.evt, reason, '');
  deps.metrics.turns.inc({ outcome: 'quarantined' });
  deps.logger.error({ evt: loaded.item.evt, reason }, 'event.quarantined');
  return { kind: 'look' };
}

function logTurn(event: InboundEvent, result: TurnResult, logger: Logger): void {
  const { tenant, team, evt } = event;
  const line = {
    tenant,
    team,
    evt,
    kind: event.kind,
    flow: result.flow,
    outcome: result.outcome,
    nodes: result.trace.map((step) => step.node),
    messages: result.effects.length,
    failure: result.failure,
  };
  if (result.outcome === 'failed') logger.warn(line, 'turn.failed');
  else logger.info(line, 'turn.done');
}
