import type { BundleFile } from './bundle-file.ts';
import { sketchBundle } from './bundle-sketch.ts';
import type { ParsedAnswers, TeamAnswers } from './parse-answers.ts';
import { portfolioFaults, type PortfolioFault } from './portfolio-faults.ts';
import type { Problem } from './problem.ts';
import { BUNDLE_FILE } from './read-bundle.ts';
import { subscribersWithoutSecret, type SecretsFile } from './secrets-file.ts';
import { parseYamlText } from './yaml-text.ts';

export interface SetupToCheck {
  parsed: ParsedAnswers;
  /** bundle.yaml as it is. */
  before: BundleFile | undefined;
  /** bundle.yaml as it is to be. */
  text: string;
  states: readonly (TeamAnswers & { secrets: SecretsFile })[];
}

/** Answers may be right by themselves, and not fit each other or what is in the bundle: every such fault. */
export function setupFaults({ parsed, before, text, states }: SetupToCheck): Problem[] {
  return [
    ...takenNumbers(parsed.teams, before),
    ...portfolioProblems(parsed.teams, text),
    ...unsigned(states, text),
  ];
}

function takenNumbers(teams: readonly TeamAnswers[], file: BundleFile | undefined): Problem[] {
  const owners = new Map<string, string>();
  for (const { id: tenant, teams: entries } of file?.tenants ?? []) {
    for (const { id, numbers } of entries) {
      for (const number of numbers) owners.set(number.phone_number_id, nameOf(tenant, id));
    }
  }
  return teams.flatMap((each) => {
    const name = nameOf(each.tenant, each.team);
    const owner = owners.get(each.answers.phone_number_id) ?? name;
    owners.set(each.answers.phone_number_id, owner);
    if (owner === name) return [];
    const message = `\`phone_number_id\` belongs to ${owner} of this bundle already`;
    return [each.problemAt('phone_number_id', message, 'a number belongs to one team only')];
  });
}

function nameOf(tenant: string, team: string): string {
  return `tenant "${tenant}", team "${team}"`;
}

function portfolioProblems(teams: readonly TeamAnswers[], text: string): Problem[] {
  const sketch = sketchBundle(parseYamlText(BUNDLE_FILE, text).value);
  return portfolioFaults(sketch).flatMap((fault) => {
    const [, t, , m] = fault.path;
    const tenant = sketch.tenants[Number(t)];
    const team = tenant?.teams[Number(m)];
    // Where the team at fault is none of these, one of these does not fit it.
    const own = teams.find((each) => each.tenant === tenant?.id && each.team === team?.id) ?? teams[0];
    return own ? [toProblem(own, fault)] : [];
  });
}

function toProblem(team: TeamAnswers, { key, message, fix }: PortfolioFault): Problem {
  return team.problemAt(key, message, fix);
}

/** The bundle would be refused: deliveries to these subscribers could not be signed. */
function unsigned(states: SetupToCheck['states'], text: string): Problem[] {
  const sketch = sketchBundle(parseYamlText(BUNDLE_FILE, text).value);
  return states.flatMap((state) => {
    const subscribers = sketch.tenants
      .find(({ id }) => id === state.tenant)
      ?.teams.find(({ id }) => id === state.team)
      ?.subscribers.flatMap(({ id }) => (typeof id === 'string' ? [{ id }] : []));
    const key = state.answers.subscriber_secrets === undefined ? 'subscribers' : 'subscriber_secrets';
    return subscribersWithoutSecret({ subscribers: subscribers ?? [] }, state.secrets).map((id) => {
      const fix = 'add one of at least 16 characters to `subscriber_secrets`';
      return state.problemAt(key, `subscriber "${id}" has no secret`, fix);
    });
  });
}
