import { mediaFacts, readFlowSources, type Bundle, type Team } from '@alur/bundle';
import { compileFlows, isTemplateFault, isTemplateState, type Finding, type FlowSet } from '@alur/flow';
import type { Logger } from '@alur/telemetry';
import type { RunnerMetrics } from '../metrics.ts';
import type { CheckFlows } from './check-task.ts';
import type { FlowArchive, KnownSet, TeamName } from './flow-archive.ts';
import { takeSteps } from './take-steps.ts';

const FINDINGS_LOGGED_MAX = 20;
const NO_FILES = 'there is no .ygtc file in the folder of its flows';

/** The flows that each team runs now. */
export interface TeamFlows {
  /** undefined while the team has no good set. */
  get(tenant: string, team: string): FlowSet | undefined;
  /** The set in which a run of the team waits: the present one, or a former one while anybody has it. */
  pinned(tenant: string, team: string, hash: string): Promise<FlowSet | undefined>;
  /** Called before a run waits in a set: it must be there when the run goes on. */
  keep(tenant: string, team: string, hash: string): Promise<void>;
  /** What is wrong, by team; a team that runs its last good set is here too. */
  problems(): ReadonlyMap<string, string>;
  /** Reads the flows of all teams; each team whose new set has an error keeps the one it had. */
  load: (bundle: Bundle) => Promise<void>;
}

export interface TeamFlowsDeps {
  archive: FlowArchive;
  check: CheckFlows;
  logger: Logger;
  metrics: RunnerMetrics;
}

export function createTeamFlows(deps: TeamFlowsDeps): TeamFlows {
  let sets = new Map<string, KnownSet>();
  let problems = new Map<string, string>();
  const find = async (tenant: string, id: string, hash: string) => {
    const current = sets.get(`${tenant}/${id}`);
    return current?.set.hash === hash ? current : deps.archive.find({ tenant, id }, hash);
  };
  return {
    get: (tenant, team) => sets.get(`${tenant}/${team}`)?.set,
    pinned: async (tenant, team, hash) => (await find(tenant, team, hash))?.set,
    keep: async (tenant, id, hash) => {
      const known = await find(tenant, id, hash);
      if (known) await deps.archive.keep({ tenant, id }, known);
    },
    problems: () => problems,
    load: inTurn(async (bundle) => {
      const nextSets = new Map<string, KnownSet>();
      const nextProblems = new Map<string, string>();
      for (const team of bundle.tenants.flatMap((tenant) => tenant.teams)) {
        const key = `${team.tenant}/${team.id}`;
        const { known, problem } = await loadTeam(team, bundle, sets.get(key), deps);
        if (known) nextSets.set(key, known);
        if (problem !== undefined) nextProblems.set(key, problem);
      }
      sets = nextSets;
      problems = nextProblems;
    }),
  };
}

/** One call after the other, so that the one that was asked for last has the last word. */
function inTurn(load: TeamFlows['load']): TeamFlows['load'] {
  let last = Promise.resolve();
  return (bundle) => {
    const loaded = last.then(() => load(bundle));
    last = loaded.catch(() => undefined);
    return loaded;
  };
}

/**
 * A team's set from disk; where that is faulty the one it has, or after a start the last good one that was kept. Sends that do not
 * fit the templates refuse a new set only where an older one goes on: what Meta changes, or rejects, never leaves a team without
 * flows, and the nodes that it is about fail alone.
 */
async function loadTeam(
  team: Team,
  bundle: Bundle,
  current: KnownSet | undefined,
  deps: TeamFlowsDeps,
): Promise<{ known?: KnownSet | undefined; problem?: string }> {
  const name: TeamName = { tenant: team.tenant, id: team.id };
  const whenAway = (err: unknown) => {
    deps.logger.warn({ err, tenant: team.tenant, team: team.id }, 'flow.archive_failed');
  };
  const { known: fresh, findings } = await readTeam(team, bundle, deps);
  const unfit = findings.find(isUnfit);
  const former =
    fresh && !unfit
      ? undefined
      : (current ?? (await deps.archive.lastGood(name).catch(whenAway)) ?? undefined);
  const isTaken = fresh !== undefined && (former === undefined || former.set.hash === fresh.set.hash);
  report(name, findings, isTaken, deps);
  deps.metrics.flowLoads.inc({ outcome: isTaken ? 'ok' : 'refused' });
  if (!isTaken) return { known: former, problem: problemOf(findings, former !== undefined) };
  await deps.archive.setLastGood(name, fresh).catch(whenAway);
  return {
    known: fresh,
    ...(unfit && { problem: `runs flows that do not fit its templates: ${describe(unfit)}` }),
  };
}

type AnyFinding = Finding | { severity: 'error'; message: string };

/** A send that Meta would refuse by the templates that were pulled, whatever their state is. */
function isUnfit(finding: AnyFinding): boolean {
  return (
    finding.severity === 'error' && 'code' in finding && isTemplateFault(finding) && !isTemplateState(finding)
  );
}

async function readTeam(
  team: Team,
  bundle: Bundle,
  { check }: TeamFlowsDeps,
): Promise<{ known?: KnownSet; findings: readonly AnyFinding[] }> {
  try {
    const files = await readFlowSources(team.flowsDir);
    // A folder that is empty for a moment, or by mistake, must not take the place of good flows.
    if (files.length === 0) return { findings: [{ severity: 'error', message: NO_FILES }] };
    const { templates } = team;
    const around = {
      ...(templates && { templates }),
      mediaFiles: mediaFacts(bundle),
      toleratesTemplates: true,
    };
    const { findings, checked } = await check({ sources: files, strict: bundle.strict, ...around });
    if (!checked) return { findings };
    return { known: { set: await takeSteps(compileFlows(checked)), files }, findings };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'the flows cannot be read';
    return { findings: [{ severity: 'error', message }] };
  }
}

function report(
  { tenant, id }: TeamName,
  findings: readonly AnyFinding[],
  isTaken: boolean,
  { logger }: TeamFlowsDeps,
): void {
  for (const finding of findings.slice(0, FINDINGS_LOGGED_MAX)) {
    const line = { team: `${tenant}/${id}`, finding: describe(finding) };
    if (finding.severity === 'error' && !isTaken) logger.error(line, 'flow.refused');
    else logger.warn(line, 'flow.warning');
  }
}

function problemOf(findings: readonly AnyFinding[], hasLastGood: boolean): string {
  const first = findings.find((finding) => finding.severity === 'error');
  const what = first ? describe(first) : 'there are no flows';
  return hasLastGood
    ? `runs its last good flows; the new ones are refused: ${what}`
    : `has no flows to run: ${what}`;
}

function describe(finding: AnyFinding): string {
  if (!('code' in finding)) return finding.message;
  const { file, line, col, code, message, fix } = finding;
  return `${file}:${line}:${col} ${code} ${message}${fix === undefined ? '' : ` (${fix})`}`;
}
