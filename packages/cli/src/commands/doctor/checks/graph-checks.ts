import { CliError } from '../../../cli-error.ts';
import { fail, ok, once, type Check, type Verdict } from '../check.ts';
import { probe, wordsOf, type Probe } from '../probe.ts';
import type { Visit } from '../visit.ts';
import { clockVerdict } from './clock-verdict.ts';
import { numberChecks } from './number-checks.ts';
import { templateCheck } from './template-check.ts';
import { tokensOf, type Token } from './token-checks.ts';
import { callbackCheck, wabaChecks, wabaNumberCheck, type WabaTarget } from './waba-checks.ts';

/** All that Meta is asked. `demo`: whether this bundle may go there at all. */
export function graphChecks(visit: Visit, demo: Check): Check[] {
  const asked = once(() => probeGraph(visit));
  const reachable: Check = {
    id: 'graph.reachable',
    about: '',
    needs: [demo],
    run: async () => reachVerdict(await asked(), visit),
  };
  const clock: Check = {
    id: 'clock.graph',
    about: '',
    needs: [reachable],
    run: async () => graphClock(await asked()),
  };
  const tokens = tokensOf(visit, reachable);
  const targets = targetsOf(visit, tokens);
  const wabas = targets.map((target) => ({ target, ...wabaChecks(target, visit) }));
  return [
    reachable,
    ...tokens.flatMap(({ checks }) => checks),
    ...checksOfNumbers(visit, tokens, wabas),
    ...wabas.flatMap(({ checks }) => checks),
    templateCheck(
      targets,
      visit,
      targets.length > 0 ? targets.map(({ token }) => token.accepted) : [reachable],
    ),
    clock,
  ];
}

interface Waba {
  target: WabaTarget;
  subscribed: Check;
}

function checksOfNumbers(visit: Visit, tokens: readonly Token[], wabas: readonly Waba[]): Check[] {
  return visit.teams.flatMap((team) =>
    team.numbers.flatMap((number) => {
      const token = tokens.find(({ value }) => value === number.accessToken);
      if (!token) return [];
      const known = numberChecks(number, token, visit);
      const subscribed = wabas.find(({ target }) => target.waba === team.businessAccountId)?.subscribed;
      const needs = subscribed ? [known.known, subscribed] : [known.known];
      return [
        ...known.checks,
        wabaNumberCheck(number, token, known.known, visit),
        callbackCheck(team, number, known, needs),
      ];
    }),
  );
}

/** The WABAs of the visit, each once. */
function targetsOf({ teams }: Visit, tokens: readonly Token[]): WabaTarget[] {
  const targets = new Map<string, WabaTarget>();
  for (const team of teams) {
    const { businessAccountId: waba, numbers } = team;
    const token = tokens.find(({ value }) => value === numbers[0]?.accessToken);
    if (waba !== undefined && token && !targets.has(waba)) targets.set(waba, { waba, team, token });
  }
  return [...targets.values()];
}

/** Any answer will do: without a token nothing is told but the time. */
async function probeGraph(visit: Visit): Promise<Probe | CliError> {
  try {
    visit.graph();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  return probe({ url: visit.graphUrl, timeoutMs: visit.timeoutMs });
}

function reachVerdict(answer: Probe | CliError, { graphUrl }: Visit): Verdict {
  if (answer instanceof CliError) return fail(answer.message, answer.fix);
  const { host } = new URL(graphUrl);
  if (answer.kind === 'answer' && answer.status < 500) return ok(`${host} answers`);
  const found = answer.kind === 'failed' ? wordsOf(answer.code) : `it answers ${answer.status}`;
  return fail(`${host}: ${found}`, 'open the way to it, or mend GRAPH_BASE_URL or `graph_base_url`');
}

function graphClock(answer: Probe | CliError): Verdict {
  const date =
    'kind' in answer && answer.kind === 'answer' ? Date.parse(answer.headers.date ?? '') : Number.NaN;
  // The header tells whole seconds, cut off.
  return clockVerdict(Number.isNaN(date) ? undefined : date + 500 - Date.now());
}
