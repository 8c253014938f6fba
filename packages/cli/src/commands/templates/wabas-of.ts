import type { FlowPlace } from '@alur/bundle';
import { CliError } from '../../cli-error.ts';

/** The WABAs of a bundle, each once, with the teams that send from it. */
export function wabasOf(places: readonly FlowPlace[]): { waba: string; teams: string[] }[] {
  const teams = new Map<string, string[]>();
  for (const { businessAccountId: waba, tenant, team } of places) {
    if (waba !== undefined) teams.set(waba, [...(teams.get(waba) ?? []), `${tenant}/${team}`]);
  }
  return [...teams].map(([waba, names]) => ({ waba, teams: names }));
}

export function neverPulled(hasWaba: boolean): CliError {
  const message = 'Cannot look at templates: the bundle has none';
  const fix = hasWaba
    ? 'get them with `alur templates pull`'
    : 'add `business_account_id` to a team in bundle.yaml, and run `alur templates pull`';
  return new CliError('notFound', message, fix);
}
