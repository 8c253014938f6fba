import { createHash, timingSafeEqual } from 'node:crypto';
import { findTeam, type ApiKey, type Bundle, type Team } from '@alur/bundle';

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/**
 * The team that a key opens, and which of its keys it is; an unknown team, one that is disabled and a wrong key are told apart by
 * nobody.
 */
export function openWithKey(
  bundle: Bundle,
  { tenant, team }: { tenant: string; team: string },
  authorization: string | undefined,
): { team: Team; key: ApiKey } | undefined {
  const found = findTeam(bundle, tenant, team);
  const given = BEARER.exec(authorization ?? '')?.[1] ?? '';
  const digest = createHash('sha256').update(given).digest();
  const keys = found?.enabled === true ? found.apiKeys : [];
  // All of them, whichever fits, so that the time tells nothing.
  const fitting = keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), digest));
  const [key] = fitting;
  return given !== '' && found && key ? { team: found, key } : undefined;
}
