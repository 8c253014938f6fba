import { randomBytes } from 'node:crypto';
import type { Team } from '@alur/bundle';
import { signBody } from '@alur/whatsapp';
import { fail, ok, warn, type Check, type Verdict } from '../check.ts';
import { probe, wordsOf, type Probe } from '../probe.ts';
import { aliasOf, callbackOf, nameOf, secretsFileOf, type Visit } from '../visit.ts';
import { addressChecks } from './address-checks.ts';

// A webhook that reports nothing: it is verified as any other, and nothing is stored.
const EMPTY = '{"object":"whatsapp_business_account","entry":[]}';
const RELOAD = 'see that ingress runs with this bundle: BUNDLE_DIR, and SIGHUP after a change';

/** The webhook of a team from Meta's side. */
export function webhookChecks(team: Team, visit: Visit): Check[] {
  const about = nameOf(team);
  const { checks, reachable } = addressChecks(team, visit);
  const needs = [reachable];
  const verify: Check = { id: 'webhook.verify', about, needs, run: () => checkToken(team, visit) };
  return [
    ...checks,
    verify,
    { id: 'webhook.wrong-token', about, needs, run: () => checkWrongToken(team, visit) },
    { id: 'webhook.signature', about, needs, run: () => checkSecrets(team, visit) },
    { id: 'webhook.wrong-signature', about, needs, run: () => checkWrongSecret(team, visit) },
    { id: 'webhook.alias', about, needs: [verify], run: () => checkAlias(team, visit) },
  ];
}

/** Meta's own call before it takes an address. */
function subscribe(url: string, verifyToken: string, challenge: string, visit: Visit): Promise<Probe> {
  const target = new URL(url);
  target.searchParams.set('hub.mode', 'subscribe');
  target.searchParams.set('hub.challenge', challenge);
  target.searchParams.set('hub.verify_token', verifyToken);
  return probe({ url: target.href, timeoutMs: visit.timeoutMs, ca: visit.ca });
}

function makeChallenge(): string {
  return String(randomBytes(4).readUInt32BE());
}

async function checkToken(team: Team, visit: Visit): Promise<Verdict> {
  const challenge = makeChallenge();
  const answer = await subscribe(callbackOf(team), team.verifyToken, challenge, visit);
  if (answer.kind === 'failed') return fail(wordsOf(answer.code), 'see that ingress runs');
  const { status, body, headers } = answer;
  if (status === 403)
    return fail(
      'our verify token is refused (403)',
      `${RELOAD}; in Meta's app the token must be that of ${secretsFileOf(team)}`,
    );
  if (status !== 200 || body !== challenge)
    return fail(
      `the challenge did not come back as it was (${status})`,
      'let nothing between Meta and ingress change answers',
    );
  const type = headers['content-type'] ?? 'no type';
  if (!type.startsWith('text/plain'))
    return warn(`the challenge came back as ${type}`, 'let nothing between Meta and ingress change answers');
  return ok('the challenge came back as text');
}

async function checkWrongToken(team: Team, visit: Visit): Promise<Verdict> {
  const wrong = randomBytes(16).toString('hex');
  const answer = await subscribe(callbackOf(team), wrong, makeChallenge(), visit);
  if (answer.kind === 'failed') return fail(wordsOf(answer.code), 'see that ingress runs');
  if (answer.status === 403) return ok('refused (403)');
  return fail(
    `a made-up token is answered with ${answer.status}, not with 403`,
    'see what answers in place of ingress',
  );
}

function post(url: string, secret: string, visit: Visit): Promise<Probe> {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(EMPTY, secret) };
  return probe({ url, method: 'POST', headers, body: EMPTY, timeoutMs: visit.timeoutMs, ca: visit.ca });
}

async function checkSecrets(team: Team, visit: Visit): Promise<Verdict> {
  const { appSecrets } = team;
  const file = secretsFileOf(team);
  if (appSecrets.length === 0)
    return fail(
      'there is no `app_secret`, so every webhook is refused',
      `copy it from App settings, Basic, of the Meta app into ${file}`,
    );
  for (const [index, secret] of appSecrets.entries()) {
    const which =
      appSecrets.length > 1 ? `app secret ${index + 1} of ${appSecrets.length}` : 'the app secret';
    const answer = await post(callbackOf(team), secret, visit);
    if (answer.kind === 'failed') return fail(wordsOf(answer.code), 'see that ingress runs');
    if (answer.status === 503) return fail('ingress stores nothing now (503)', 'see the lines of `redis`');
    if (answer.status === 401)
      return fail(
        `a webhook signed with ${which} is refused (401)`,
        `${RELOAD}; and let nothing on the way change bodies`,
      );
    if (answer.status !== 200)
      return fail(
        `a signed webhook is answered with ${answer.status}`,
        'see what stands in front of ingress',
      );
  }
  return ok(`${appSecrets.length} of ${appSecrets.length} taken (200)`);
}

async function checkWrongSecret(team: Team, visit: Visit): Promise<Verdict> {
  const answer = await post(callbackOf(team), randomBytes(16).toString('hex'), visit);
  if (answer.kind === 'failed') return fail(wordsOf(answer.code), 'see that ingress runs');
  if (answer.status === 401) return ok('refused (401)');
  return fail(
    `a webhook with a wrong signature is answered with ${answer.status}, not with 401`,
    'see what answers in place of ingress',
  );
}

async function checkAlias(team: Team, visit: Visit): Promise<Verdict> {
  const challenge = makeChallenge();
  const answer = await subscribe(aliasOf(team), team.verifyToken, challenge, visit);
  if (answer.kind === 'answer' && answer.status === 200 && answer.body === challenge) return ok('it does');
  const found = answer.kind === 'failed' ? wordsOf(answer.code) : `it answers ${answer.status}`;
  return warn(found, 'lead /v1/messaging/ingress/ to ingress as well, if Meta still has that address');
}
