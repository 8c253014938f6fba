import { createHash, timingSafeEqual } from 'node:crypto';
import { findTeam, type Bundle, type Team } from '@alur/bundle';

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** The team that a key opens; an unknown team, one that is disabled and a wrong key are told apart by nobody. */
export function teamOfKey(
  bundle: Bundle,
  { tenant, team }: { tenant: string; team: string },
  authorization: string | undefined,
): Team | undefined {
  const found = findTeam(bundle, tenant, team);
  const key = BEARER.exec(authorization ?? '')?.[1] ?? '';
  const keys = found?.enabled === true ? found.apiKeys : [];
  // All of them, whichever fits, so that the time tells nothing.
  const fits = keys.map((each) => timingSafeEqual(digest(each), digest(key)));
  return key !== '' && fits.includes(true) ? found : undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
