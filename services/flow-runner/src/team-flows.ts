import { readFlowSources, type Bundle, type Team } from '@alur/bundle';
import { loadFlows, type Finding, type FlowSet } from '@alur/flow';
import type { Logger } from '@alur/telemetry';
import type { RunnerMetrics } from './metrics.ts';

const FINDINGS_LOGGED_MAX = 20;

/** The flows that each team runs now. */
export interface TeamFlows {
  /** undefined while the team has no good set. */
  get(tenant: string, team: string): FlowSet | undefined;
  /** What is wrong, by team; a team that runs its last good set is here too. */
  problems(): ReadonlyMap<string, string>;
  /** Reads the flows of all teams; each team whose new set has an error keeps the one it had. */
  load: (bundle: Bundle) => Promise<void>;
}

export function createTeamFlows(deps: { logger: Logger; metrics: RunnerMetrics }): TeamFlows {
  let sets = new Map<string, FlowSet>();
  let problems = new Map<string, string>();
  return {
    get: (tenant, team) => sets.get(`${tenant}/${team}`),
    problems: () => problems,
    load: async (bundle) => {
      const nextSets = new Map<string, FlowSet>();
      const nextProblems = new Map<string, string>();
      for (const team of bundle.tenants.flatMap((tenant) => tenant.teams)) {
        const key = `${team.tenant}/${team.id}`;
        const loaded = await loadTeam(team, bundle.strict);
        const set = loaded.flows ?? sets.get(key);
        if (set) nextSets.set(key, set);
        report(key, loaded.findings, deps);
        deps.metrics.flowLoads.inc({ outcome: loaded.flows ? 'ok' : 'refused' });
        const problem = loaded.flows ? undefined : problemOf(loaded.findings, set !== undefined);
        if (problem !== undefined) nextProblems.set(key, problem);
      }
      sets = nextSets;
      problems = nextProblems;
    },
  };
}

type Loaded = { flows?: FlowSet; findings: readonly (Finding | { severity: 'error'; message: string })[] };

async function loadTeam(team: Team, strict: boolean): Promise<Loaded> {
  try {
    return loadFlows(await readFlowSources(team.flowsDir), { strict });
  } catch (error) {
    return {
      findings: [{ severity: 'error', message: error instanceof Error ? error.message : 'cannot be read' }],
    };
  }
}

function report(team: string, findings: Loaded['findings'], { logger }: { logger: Logger }): void {
  for (const finding of findings.slice(0, FINDINGS_LOGGED_MAX)) {
    const line = { team, finding: describe(finding) };
    if (finding.severity === 'error') logger.error(line, 'flow.refused');
    else logger.warn(line, 'flow.warning');
  }
}

function problemOf(findings: Loaded['findings'], hasLastGood: boolean): string {
  const first = findings.find((finding) => finding.severity === 'error');
  const what = first ? describe(first) : 'there are no flows';
  return hasLastGood
    ? `runs its last good flows; the new ones are refused: ${what}`
    : `has no flows to run: ${what}`;
}

function describe(finding: Loaded['findings'][number]): string {
  if (!('code' in finding)) return finding.message;
  const { file, line, col, code, message, fix } = finding;
  return `${file}:${line}:${col} ${code} ${message}${fix === undefined ? '' : ` (${fix})`}`;
}
