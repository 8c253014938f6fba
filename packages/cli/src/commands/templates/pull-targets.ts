import type { Bundle, BusinessNumber, Team } from '@alur/bundle';
import { CliError } from '../../cli-error.ts';

/** A WABA of the bundle, and the number whose token opens it. */
export interface PullTarget {
  waba: string;
  /** Teams that send from it: `tenant/team`. */
  teams: string[];
  number: BusinessNumber;
}

/** The WABAs of a bundle, each once, and teams that have none to pull. Throws `CliError` when nothing is left. */
export function pullTargets(
  { tenants, dir }: Bundle,
  { tenant, team }: { tenant?: string | undefined; team?: string | undefined } = {},
): { targets: PullTarget[]; warnings: string[] } {
  const teams = tenants
    .flatMap((each) => each.teams)
    .filter((each) => (tenant ?? each.tenant) === each.tenant && (team ?? each.id) === each.id);
  if (teams.length === 0) {
    const message = `Cannot pull templates: bundle "${dir}" has no team "${tenant ?? '*'}/${team ?? '*'}"`;
    throw new CliError('notFound', message, 'give --tenant and --team as they stand in bundle.yaml');
  }
  const targets = new Map<string, PullTarget>();
  const warnings: string[] = [];
  for (const each of teams) {
    const why = addTarget(targets, each);
    if (why !== undefined) warnings.push(why);
  }
  if (targets.size > 0) return { targets: [...targets.values()], warnings };
  const fix = 'add `business_account_id` to the team in bundle.yaml: the WhatsApp Manager shows it';
  throw new CliError('invalidInput', `Cannot pull templates: ${warnings.join('; ')}`, fix);
}

/** Says why a team has nothing to pull. */
function addTarget(targets: Map<string, PullTarget>, team: Team): string | undefined {
  const name = `${team.tenant}/${team.id}`;
  const { businessAccountId: waba } = team;
  if (waba === undefined) return `team ${name} has no \`business_account_id\``;
  const known = targets.get(waba);
  const [number] = team.numbers;
  if (known) known.teams.push(name);
  else if (number) targets.set(waba, { waba, teams: [name], number });
  else return `team ${name} has no number, and so no access token`;
  return undefined;
}
