import type { Readiness } from './start-ops.ts';

type Named = Record<string, string | undefined>;

/**
 * Ready when no check has a problem. `notes` are told beside a check that is fine: what an operator should know though
 * the work goes on, such as a new bundle that was refused.
 */
export function readinessOf(problems: Named, notes: Named = {}): Readiness {
  const checks: Readiness['checks'] = {};
  for (const [name, problem] of Object.entries(problems)) {
    const detail = problem ?? notes[name];
    checks[name] = { ok: problem === undefined, ...(detail !== undefined && { detail }) };
  }
  return { ready: Object.values(checks).every((check) => check.ok), checks };
}
