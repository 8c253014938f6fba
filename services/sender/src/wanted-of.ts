import { findTeam, type Bundle, type BusinessNumber } from '@alur/bundle';
import { wantedTypes, type OwnEventType } from '@alur/types';

/** What the subscribers of a number's team want to hear of. */
export function wantedOf(bundle: Bundle, { tenant, team }: BusinessNumber): ReadonlySet<OwnEventType> {
  return wantedTypes(findTeam(bundle, tenant, team)?.subscribers ?? []);
}
