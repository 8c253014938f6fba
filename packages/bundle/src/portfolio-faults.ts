import type { BundleSketch } from './bundle-sketch.ts';
import type { Path } from './yaml-text.ts';

const DISAGREEMENTS = ['tier', 'tier_counts'] as const;

export interface PortfolioFault {
  path: Path;
  /** What of the answers or of bundle.yaml is at fault. */
  key: 'portfolio_id' | 'tier_scope' | (typeof DISAGREEMENTS)[number];
  message: string;
  fix: string;
}

/**
 * What is wrong with portfolios: a shared tier without the id of what shares it, numbers that share one and do not agree on it,
 * and a portfolio in two tenants, because what counts its contacts is a tenant's.
 */
export function portfolioFaults(sketch: BundleSketch): PortfolioFault[] {
  const teams = placedTeams(sketch);
  return [...foreign(teams), ...teams.flatMap(nameless), ...disagreeing(teams)];
}

type TenantSketch = BundleSketch['tenants'][number];
type TeamSketch = TenantSketch['teams'][number];
interface PlacedTeam {
  tenant: TenantSketch;
  team: TeamSketch;
  path: Path;
}

function placedTeams({ tenants }: BundleSketch): PlacedTeam[] {
  return tenants.flatMap((tenant, t) =>
    tenant.teams.map((team, m) => ({ tenant, team, path: ['tenants', t, 'teams', m] })),
  );
}

function foreign(teams: readonly PlacedTeam[]): PortfolioFault[] {
  const owners = new Map<string, TenantSketch>();
  return teams.flatMap(({ tenant, team: { portfolio_id: portfolio }, path }): PortfolioFault[] => {
    if (typeof portfolio !== 'string') return [];
    const owner = owners.get(portfolio) ?? tenant;
    owners.set(portfolio, owner);
    // A tenant that is there twice is a fault of its own.
    if (owner === tenant || owner.id === tenant.id) return [];
    const message = `portfolio ${portfolio} belongs to tenant "${owner.id ?? ''}" already`;
    const fix = 'put its teams under one tenant, or leave the `portfolio_id` out';
    return [{ path: [...path, 'portfolio_id'], key: 'portfolio_id', message, fix }];
  });
}

function nameless({ team, path }: PlacedTeam): PortfolioFault[] {
  if (team.portfolio_id !== undefined) return [];
  return team.numbers.flatMap(({ tier_scope: scope }, n): PortfolioFault[] => {
    if (scope !== 'portfolio') return [];
    const message = '`tier_scope` is portfolio, but the team has no `portfolio_id`';
    const fix = 'add the `portfolio_id` of the team, or leave `tier_scope` out';
    return [{ path: [...path, 'numbers', n, 'tier_scope'], key: 'tier_scope', message, fix }];
  });
}

function disagreeing(teams: readonly PlacedTeam[]): PortfolioFault[] {
  const first = new Map<string, TeamSketch['numbers'][number]>();
  return teams.flatMap(({ tenant, team: { portfolio_id: portfolio, numbers }, path }) =>
    numbers.flatMap((number, n): PortfolioFault[] => {
      if (typeof portfolio !== 'string' || number.tier_scope !== 'portfolio') return [];
      const name = `${tenant.id ?? ''}/${portfolio}`;
      const other = first.get(name) ?? number;
      first.set(name, other);
      const pair = `${other.phone_number_id ?? ''} and ${number.phone_number_id ?? ''}`;
      return DISAGREEMENTS.filter((key) => isOther(other[key], number[key])).map((key) => ({
        path: [...path, 'numbers', n, key],
        key,
        message: `numbers ${pair} share the tier of portfolio ${portfolio}, but differ in \`${key}\``,
        fix: 'give all numbers of the portfolio the same in bundle.yaml',
      }));
    }),
  );
}

function isOther(one: string | null | undefined, other: string | null | undefined): boolean {
  return typeof one === 'string' && typeof other === 'string' && one !== other;
}
