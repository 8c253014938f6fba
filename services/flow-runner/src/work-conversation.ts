import { findNumber, findTeam, type Bundle, type Team } from '@alur/bundle';
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
import {
  wantedTypes,
  type Effect,
  type HttpRequest,
  type HttpResult,
  type InboundEvent,
  type Journal,
  type TurnDone,
} from '@alur/types';
import { ZodError } from 'zod';
import type { Outside } from './hands.ts';
import type { RunnerMetrics } from './metrics.ts';
import { fallbackTurn, takeTurn, type TakenTurn, type TurnInput } from './take-turn.ts';
import { UnreadableFlowsError } from './flows/flow-archive.ts';
import type { TeamFlows } from './flows/team-flows.ts';
import { tellRead, tellTyping, type TellReadDeps } from './tell-read.ts';
import type { TierRoom } from './tier-room.ts';
import type { WebCaller } from './web/web-caller.ts';

// An event whose owner was lost this often is what loses them; one that so many could not read, nobody can.
const LOST_MAX = 10;
// All answers of a turn are kept until it is over, and each is written beside the others: Redis must not stand still for it.
const ANSWERS_BYTES_MAX = 1_048_576;

export interface WorkDeps extends TellReadDeps {
  turns: Turns;
  queues: TierQueues;
  client: RedisClient;
  shards: number;
  bundle: () => Bundle | undefined;
  flows: TeamFlows;
  web: WebCaller;
  outside: Outside;
  tierRoom: TierRoom;
  /** True when the service wants to stop: finish the event in hand, leave the rest to others. */
  stopping: () => boolean;
  /** Lets another runner have the entry at once. */
  release: (entry: ReadyEntry) => Promise<void>;
  metrics: RunnerMetrics;
}

/** What comes after an event: the next one at hand, a look at the inbox, or leaving the conversation alone. */
type Step = { kind: 'next'; loaded: Loaded } | { kind: 'look' } | { kind: 'leave' };

/**
 * Takes the events of one conversation in order until its inbox is empty. Throws only on I/O trouble: nothing is
 * lost then, the entry is still pending and the same turn comes to the same result. What this version cannot read is left to
 * another one: it comes back after the lease, and holds no place in between.
 */
export async function workConversation(entry: ReadyEntry, deps: WorkDeps): Promise<void> {
  try {
    await takeEvents(entry, deps);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    // By its class alone: the message may quote what was read.
    deps.logger.error({ cid: entry.cid, reason: error.name }, 'conversation.unreadable');
    await defer(entry, deps);
  }
}

function isUnreadable(error: unknown): error is Error {
  return error instanceof ZodError || error instanceof SyntaxError || error instanceof UnreadableFlowsError;
}

async function takeEvents(entry: ReadyEntry, deps: WorkDeps): Promise<void> {
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
  if (loaded.lost >= LOST_MAX)
    return setAside(entry, loaded, event ? 'owner_lost' : 'unreadable_event', deps);
  // A newer runner may know it.
  if (!event) return leave('deferred', deps);
  const context = await contextOf(event, loaded, deps);
  if (!context) return defer(entry, deps);
  const taken = await turnOrFallback({ entry, loaded, event, ...context }, context.team, deps);
  if (taken === 'stale') return giveUp(entry, deps);
  if (taken === 'stopped') {
    await deps.release(entry);
    return { kind: 'leave' };
  }
  const { commit, result } = taken;
  // A run may wait for days: whoever goes on with it must find its flows.
  const { wait } = result.session;
  if (wait) await deps.flows.keep(event.tenant, event.team, wait.flows);
  const committed = await deps.turns.commit(commit);
  if (committed.kind === 'stale') return giveUp(entry, deps);
  if (committed.kind === 'done') {
    deps.metrics.turns.inc({ outcome: 'repeated' });
    return { kind: 'look' };
  }
  deps.metrics.turns.inc({ outcome: result.outcome });
  deps.metrics.turnDuration.observe((performance.now() - startedAt) / 1000);
  logTurn(event, result, deps.logger);
  tellRead(event, result.outcome, context.team, deps);
  await announce(commit, committed.admitted, context, deps);
  if (committed.next === undefined) return { kind: 'leave' };
  return { kind: 'next', loaded: loadedAfter(commit, committed.next, loaded.optedOut) };
}

function leave(outcome: 'stale' | 'deferred', { metrics }: WorkDeps): Step {
  metrics.turns.inc({ outcome });
  return { kind: 'leave' };
}

/** It is another runner's, or the conversation has become one with another meanwhile: whoever takes it next need not wait. */
async function giveUp(entry: ReadyEntry, deps: WorkDeps): Promise<Step> {
  await deps.release(entry);
  return leave('stale', deps);
}

/** For later, without counting it as a loss. */
async function defer(entry: ReadyEntry, deps: WorkDeps): Promise<Step> {
  await deps.turns.forgiveLost(entry);
  return leave('deferred', deps);
}

/** What a look at the conversation would find after a commit. */
function loadedAfter(commit: Commit, item: Loaded['item'], optedOut: Loaded['optedOut']): Loaded {
  const wish = commit.wishes.at(-1);
  const wished = wish?.change === 'out' ? wish.scope : undefined;
  const { version, session, contact, lastMessageTime } = commit;
  const left = { session, contact, lastMessageTime, optedOut: wish === undefined ? optedOut : wished };
  return { ...left, item, version: version + 1, lost: 0, journal: {} };
}

interface TurnContext extends Omit<TurnInput, 'entry' | 'loaded' | 'event'> {
  team: Team;
}

/** What the event's team runs; undefined while it cannot run. */
async function contextOf(
  event: InboundEvent,
  { session }: Loaded,
  deps: WorkDeps,
): Promise<TurnContext | undefined> {
  const bundle = deps.bundle();
  const team = bundle && findTeam(bundle, event.tenant, event.team);
  const number = bundle && findNumber(bundle, event.number);
  const flows = deps.flows.get(event.tenant, event.team);
  if (!team || !number || !flows) return undefined;
  const { fallbackMessage, templates, optOut } = team;
  const pinned = session.wait && (await deps.flows.pinned(event.tenant, event.team, session.wait.flows));
  const tierRemaining = await deps.tierRoom.of(number);
  const endRemoved = bundle.removedFlows === 'end';
  const wanted = wantedTypes(team.subscribers);
  const settings = { fallbackMessage, templates, optOut, wanted };
  return { team, flows, pinned, endRemoved, number, tierRemaining, ...settings };
}

/**
 * Takes the turn, with as many calls as it needs. One that throws would throw again: its event is kept aside, and the
 * conversation goes on. `stale`: the turn is another runner's. `stopped`: this one stops, and another takes it again.
 */
async function turnOrFallback(
  input: TurnInput,
  team: Team,
  deps: WorkDeps,
): Promise<TakenTurn | 'stale' | 'stopped'> {
  let { journal } = input.loaded;
  for (;;) {
    const taken = takeTurnOrError(input, journal);
    if (taken.kind === 'taken') return taken;
    if (taken.kind === 'threw') return setTurnAside(input, taken.err, deps);
    tellTyping(input.event, team, deps);
    const result = await answerOf(taken.request, { ...input, journal }, team, deps);
    if (result === 'stale' || result === 'stopped') return result;
    journal = { ...journal, [taken.request.key]: result };
  }
}

function takeTurnOrError(
  input: TurnInput,
  journal: Loaded['journal'],
): ReturnType<typeof takeTurn> | { kind: 'threw'; err: unknown } {
  try {
    return takeTurn(input, journal);
  } catch (err) {
    return { kind: 'threw', err };
  }
}

/** Makes a call and records what came of it, so that a repeated turn sees the same. */
async function answerOf(
  request: HttpRequest,
  { entry, loaded, event, journal }: TurnInput & { journal: Journal },
  team: Team,
  deps: WorkDeps,
): Promise<HttpResult | 'stale' | 'stopped'> {
  const result = bounded(await deps.outside(() => deps.web.perform(request, team)), journal);
  const code = result.kind === 'failed' ? result.code : 'answer';
  deps.metrics.webCalls.inc({ outcome: code });
  deps.metrics.webDuration.observe(result.ms / 1000);
  if (code === 'stopped') return code;
  const answer = { evt: event.evt, version: loaded.version, key: request.key, result };
  const recorded = await deps.turns.recordAnswer(entry, answer);
  return recorded.kind === 'ok' ? recorded.result : recorded.kind;
}

function bounded(result: HttpResult, journal: Journal): HttpResult {
  if (JSON.stringify(journal).length + JSON.stringify(result).length <= ANSWERS_BYTES_MAX) return result;
  const message = 'the answers in one turn are together larger than 1 MiB; ask the services for less';
  return { kind: 'failed', code: 'too_large', message, ms: result.ms };
}

async function setTurnAside(input: TurnInput, err: unknown, deps: WorkDeps): Promise<TakenTurn> {
  const { tenant, team, evt } = input.event;
  deps.logger.error({ ...thrown(err), tenant, team, evt }, 'turn.threw');
  deps.metrics.turns.inc({ outcome: 'quarantined' });
  const raw = input.loaded.item.json;
  await keepAside(deps.client, deps.shards, [{ tenant, team, reason: 'turn_threw', raw }]);
  return fallbackTurn(input);
}

/** What was thrown, and where. Its message may quote what the contact wrote. */
function thrown(err: unknown): { type: string; stack?: string[] | undefined } {
  if (!(err instanceof Error)) return { type: typeof err };
  return {
    type: err.name,
    stack: err.stack?.split('\n').filter((line) => /^ +at .+:\d+:\d+\)?$/.test(line)),
  };
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

function logTurn(event: InboundEvent, result: TurnDone, logger: Logger): void {
  const { tenant, team, evt } = event;
  const line = {
    tenant,
    team,
    evt,
    kind: event.kind,
    flow: result.flow,
    outcome: result.outcome,
    nodes: result.trace.map((step) => step.node),
    messages: result.effects.filter((effect) => effect.kind === 'message').length,
    failure: result.failure,
  };
  if (result.outcome === 'failed') logger.warn(line, 'turn.failed');
  else logger.info(line, 'turn.done');
  for (const effect of result.effects) if (effect.kind === 'log') logNode(event, effect, logger);
}

/** What a `log` node says; the engine has masked what is personal. */
function logNode(
  { tenant, team, evt }: InboundEvent,
  { level, flow, node, message }: Extract<Effect, { kind: 'log' }>,
  logger: Logger,
): void {
  logger[level]({ tenant, team, evt, flow, node, message }, 'flow.log');
}
