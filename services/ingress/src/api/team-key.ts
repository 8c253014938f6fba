import type { Team } from '@alur/bundle';
import type { ApiCall } from './route.ts';

/** The teams that a key speaks for: its own, or all of the tenant where it opens each of them. */
export function teamsOf({ bundle, team, key }: Pick<ApiCall, 'bundle' | 'team' | 'key'>): Team[] {
  const all = bundle.tenants.find(({ id }) => id === team.tenant)?.teams ?? [];
  const isTenants = all.every(({ apiKeys }) => apiKeys.some(({ sha256 }) => sha256 === key.sha256));
  return isTenants ? all : [team];
}
