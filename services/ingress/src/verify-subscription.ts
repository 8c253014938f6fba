import { createHash, timingSafeEqual } from 'node:crypto';
import { findTeam, type Bundle } from '@alur/bundle';

const CHALLENGE = /^[A-Za-z0-9_-]{1,128}$/;

/** Meta's check that a callback address is ours: the challenge to echo, or undefined to refuse. */
export function verifySubscription(
  bundle: Bundle | undefined,
  route: { tenant: string; team: string },
  query: URLSearchParams,
): string | undefined {
  const team = bundle && findTeam(bundle, route.tenant, route.team);
  const expected = team?.enabled === true ? team.verifyToken : '';
  const token = single(query, 'hub.verify_token');
  const challenge = single(query, 'hub.challenge');
  const matches = token !== undefined && isSame(token, expected) && expected !== '';
  if (!matches || single(query, 'hub.mode') !== 'subscribe') return undefined;
  return challenge !== undefined && CHALLENGE.test(challenge) ? challenge : undefined;
}

/** A parameter that is there exactly once. */
function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

// Digests have one length, so the comparison takes one time.
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
