import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { Team } from '@alur/bundle';
import { fail, ok, once, skip, warn, type Check, type Verdict } from '../check.ts';
import { probe, wordsOf, type Probe } from '../probe.ts';
import { callbackOf, nameOf, type Visit } from '../visit.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

const PRIVATE = new BlockList();
PRIVATE.addSubnet('0.0.0.0', 8);
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('100.64.0.0', 10);
PRIVATE.addSubnet('169.254.0.0', 16);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

const DAY_MS = 86_400_000;
const DAYS_LEFT_MIN = 14;
const TUNNEL = 'if a tunnel leads here, put its https address into `public_base_url`';

/** Whether Meta can come to where a team's webhooks are taken; each check needs the one before. */
export function addressChecks(team: Team, visit: Visit): { checks: Check[]; reachable: Check } {
  const about = nameOf(team);
  const url = callbackOf(team);
  const asked = once(() => probe({ url, timeoutMs: visit.timeoutMs, ca: visit.ca }));
  const address: Check = { id: 'webhook.address', about, run: () => findHost(new URL(url).hostname) };
  const https: Check = {
    id: 'webhook.https',
    about,
    needs: [address],
    run: async () => (url.startsWith('https:') ? certificateVerdict(await asked()) : plainVerdict(visit)),
  };
  const reachable: Check = {
    id: 'webhook.reachable',
    about,
    needs: [https],
    run: async () => reachVerdict(await asked(), url),
  };
  return { checks: [address, https, reachable], reachable };
}

async function findHost(hostname: string): Promise<Verdict> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isLiteral = isIP(host) !== 0;
  const found = await lookup(host, { all: true }).catch((error: unknown) => codeOf(error));
  if (typeof found === 'string') {
    const fix = 'make its DNS record, or mend `public_base_url`';
    return fail(`${host}: ${wordsOf(found)}`, fix);
  }
  const addresses = found.map(({ address }) => address);
  const are = (list: BlockList) =>
    addresses.some((address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
  if (are(LOOPBACK)) return warn(`${host} is this machine, which Meta cannot reach`, TUNNEL);
  if (are(PRIVATE) && isLiteral)
    return fail(`${host} is a private address, which Meta cannot reach`, 'use a public name with https');
  if (are(PRIVATE))
    return warn(
      `${host} is a private address as seen from here`,
      'see that it is a public one as seen from outside',
    );
  return ok(`${host} is ${addresses.join(', ')}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function plainVerdict({ bundle, graphUrl }: Visit): Verdict {
  const fix = 'put something that speaks https in front of ingress, and https:// into `public_base_url`';
  const isReal = !bundle.demo && new URL(graphUrl).protocol === 'https:';
  return (isReal ? fail : warn)('http: Meta delivers to https only', fix);
}

/** Judges the certificate that came with an answer. */
export function certificateVerdict(answer: Probe, nowMs = Date.now()): Verdict {
  const renew = 'renew it with whoever issues it, such as `certbot renew`';
  if (answer.kind === 'failed') {
    const isTls = /CERT|TLS|SSL|SIGNED|ISSUER|SIGNATURE|EPROTO/.test(answer.code);
    return isTls ? fail(wordsOf(answer.code), renew) : skip(wordsOf(answer.code));
  }
  const { certificateEndsMs } = answer;
  if (certificateEndsMs === undefined) return warn('the certificate does not tell when it ends', renew);
  const days = Math.floor((certificateEndsMs - nowMs) / DAY_MS);
  return days < DAYS_LEFT_MIN
    ? warn(`the certificate ends in ${days} days`, renew)
    : ok(`the certificate is good for ${days} days`);
}

const REACHED: ReadonlySet<number> = new Set([200, 400, 403, 405]);

function reachVerdict(answer: Probe, url: string): Verdict {
  const { host } = new URL(url);
  if (answer.kind === 'failed')
    return fail(`${host}: ${wordsOf(answer.code)}`, 'start ingress, and see that the way to it is open');
  const { status, headers } = answer;
  if (status >= 300 && status < 400) {
    // Only the host: the rest may repeat what was asked.
    const to = URL.canParse(headers.location ?? '', url) ? new URL(headers.location ?? '', url).host : '?';
    return fail(
      `${host} sends on to ${to} (${status}); Meta does not follow`,
      'name the last address in `public_base_url`',
    );
  }
  if (REACHED.has(status)) return ok(`${host} answers (${status})`);
  if (status === 404)
    return fail(`${host} does not know the path (404)`, 'lead the path /webhook/whatsapp/ to ingress');
  return fail(`${host} answers ${status}`, 'see what stands in front of ingress, and that ingress runs');
}
