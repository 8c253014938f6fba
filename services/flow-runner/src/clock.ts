import { findNumber, type Bundle } from '@alur/bundle';
import { nextOccurrence, type Schedule } from '@alur/flow';
import {
  dueSchedules,
  feedSchedule,
  fire,
  planSchedule,
  shardOf,
  startOccurrence,
  type AudienceMember,
  type Intake,
  type RedisClient,
  type ScheduleRef,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { TeamFlows } from './flows/team-flows.ts';
import type { RunnerMetrics } from './metrics.ts';

// What time brings: runs whose wait is over, and the occurrences of `timer` triggers. Any number of runners may look; scripts
// see to it that each thing happens once. What fails, a shard or a schedule, keeps none of the others from their time.

const LOOK_EVERY_MS = 500;
/** Timers of one look: what is more comes with the next one. */
const TIMERS_MAX = 1_000;
/** Contacts of one look, of all occurrences, so that a large audience does not go before timers. */
const AUDIENCE_MAX = 500;

export interface ClockDeps {
  client: RedisClient;
  shards: number;
  intake: Intake;
  bundle: () => Bundle | undefined;
  flows: TeamFlows;
  stopping: () => boolean;
  canWork: () => boolean;
  metrics: RunnerMetrics;
  logger: Logger;
}

/** Planning what is planned changes nothing; what Redis lost is planned anew. */
const PLAN_AGAIN_MS = 600_000;

/** When each schedule was planned last, by its id. */
type Planned = Map<string, number>;

/** Looks twice a second until `stopping`; the result resolves when the last look is over. */
export async function runClock(deps: ClockDeps): Promise<void> {
  const planned: Planned = new Map();
  while (!deps.stopping()) {
    if (deps.canWork()) await look(deps, planned);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function look(deps: ClockDeps, planned: Planned): Promise<void> {
  for (let shard = 0; shard < deps.shards; shard += 1) {
    await alone({ shard }, deps, async () => {
      const { fired } = await fire(deps.client, shard, TIMERS_MAX);
      deps.metrics.timersFired.inc(fired);
    });
    await alone({ shard }, deps, () => lookAtSchedules(shard, deps, planned));
  }
}

/** Does a part of a look, without a bearing on the rest; `part` names it in the log. */
async function alone(part: object, { logger }: ClockDeps, work: () => Promise<void>): Promise<void> {
  await work().catch((err: unknown) => logger.warn({ ...part, err }, 'clock.look_failed'));
}

/** A schedule of a team's present flows. */
type TeamSchedule = ScheduleRef & Pick<Schedule, 'cron' | 'timezone'>;

async function lookAtSchedules(shard: number, deps: ClockDeps, planned: Planned): Promise<void> {
  const schedules = schedulesOf(shard, deps);
  if (schedules.length === 0) return;
  const { nowS, due, running } = await dueSchedules(deps.client, shard, schedules);
  for (const schedule of schedules) {
    await alone(nameOf(schedule), deps, () => plan(shard, schedule, nowS, { ...deps, planned }));
  }
  for (const each of due) {
    await alone(nameOf(each.schedule), deps, async () => {
      if (await start(shard, each, nowS, deps)) running.push(each);
    });
  }
  // A look has an end however many run, since timers wait for it.
  const limit = Math.ceil(AUDIENCE_MAX / Math.max(1, running.length));
  for (const each of running) {
    if (deps.stopping()) return;
    await alone(nameOf(each.schedule), deps, () => feed(shard, { ...each, limit }, deps));
  }
}

function nameOf({ tenant, team, id: schedule }: TeamSchedule): object {
  return { tenant, team, schedule };
}

async function plan(
  shard: number,
  schedule: TeamSchedule,
  nowS: number,
  { client, planned }: ClockDeps & { planned: Planned },
): Promise<void> {
  const key = `${schedule.tenant}/${schedule.team}/${schedule.id}`;
  if (performance.now() - (planned.get(key) ?? -PLAN_AGAIN_MS) < PLAN_AGAIN_MS) return;
  const next = nextOccurrence(schedule, nowS);
  if (next !== undefined) await planSchedule(client, shard, schedule, next);
  planned.set(key, performance.now());
}

interface Occurrence {
  schedule: TeamSchedule;
  occurrence: number;
}

/** Whether the occurrence began now, by this runner. */
async function start(
  shard: number,
  { schedule, occurrence }: Occurrence,
  nowS: number,
  { client, metrics }: ClockDeps,
): Promise<boolean> {
  const following = nextOccurrence(schedule, nowS);
  const started = await startOccurrence(client, shard, schedule, { occurrence, following });
  const outcome = started.kind;
  if (outcome === 'started' || outcome === 'skipped') metrics.occurrences.inc({ outcome });
  if ('gaveUp' in started) metrics.occurrences.inc({ outcome: 'gave_up' });
  return outcome === 'started';
}

function schedulesOf(shard: number, { bundle, flows, shards }: ClockDeps): TeamSchedule[] {
  const teams = bundle()?.tenants.flatMap((tenant) => tenant.teams) ?? [];
  return teams
    .filter(({ tenant }) => shardOf(tenant, shards) === shard)
    .flatMap(({ tenant, id: team }) =>
      (flows.get(tenant, team)?.schedules ?? []).map((schedule) => ({ ...schedule, tenant, team })),
    );
}

async function feed(
  shard: number,
  { schedule, occurrence, limit }: Occurrence & { limit: number },
  deps: ClockDeps,
): Promise<void> {
  const { client, intake, metrics } = deps;
  const toEvent = ({ evt, number, from }: AudienceMember) => {
    const bundle = deps.bundle();
    const known = bundle && findNumber(bundle, number);
    if (known?.tenant !== schedule.tenant || known.team !== schedule.team) return undefined;
    const { tenant, team, id } = schedule;
    const at = occurrence;
    return {
      kind: 'schedule',
      evt,
      tenant,
      team,
      number,
      at,
      receivedAtMs: at * 1000,
      from,
      schedule: id,
    } as const;
  };
  const { fed } = await feedSchedule({
    client,
    shard,
    intake,
    schedule,
    occurrence,
    limit,
    toEvent,
  });
  metrics.scheduled.inc(fed);
}
