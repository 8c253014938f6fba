import { isIP } from 'node:net';
import { parseAllowedHost } from '@alur/bundle';
import { WebFailure } from './web-failure.ts';

/** Where a call goes, as far as its address alone can tell. */
export interface Target {
  isTls: boolean;
  /** A name or an address, without brackets. */
  host: string;
  port: number;
  /** What the header `Host` says. */
  authority: string;
  /** Path and query. */
  path: string;
  /** Whether the team lists it: then it may be private and plain http. */
  isListed: boolean;
}

const URL_MAX = 4_096;
const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['https:', 443],
  ['http:', 80],
]);
const NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
/** Names that lead inside wherever they are asked for; those without a dot do too. */
const INSIDE = /(?:^|\.)(?:localhost|local|internal)$/;
const LIST_IT = 'to call a service of your own, list it under `http.allow` of the team in bundle.yaml';

/** Reads the address of a call. Throws `WebFailure` when it is none, or one that may not be called. */
export function checkTarget(text: string, httpAllow: readonly string[]): Target {
  const url = parseUrl(text);
  const host = hostOf(url);
  const port = url.port === '' ? (DEFAULT_PORTS.get(url.protocol) ?? 0) : Number(url.port);
  const isListed = httpAllow.some((entry) => {
    const allowed = parseAllowedHost(entry);
    if (allowed?.host !== host || (allowed.protocol ?? url.protocol) !== url.protocol) return false;
    return (allowed.port ?? DEFAULT_PORTS.get(url.protocol)) === port;
  });
  if (!isListed) refuseUnlisted(url, host, port);
  const authority = url.host.replace(/\.(?=$|:)/, '');
  return {
    isTls: url.protocol === 'https:',
    host,
    port,
    authority,
    path: url.pathname + url.search,
    isListed,
  };
}

function parseUrl(text: string): URL {
  if (text.length > URL_MAX)
    throw new WebFailure('bad_request', `the address has more than ${URL_MAX} characters`);
  // The parser would pass over some of these, and read a backslash as a slash.
  if (/[\p{Cc}\s\\]/u.test(text)) {
    throw new WebFailure('bad_request', 'the address has a space, a backslash or a control character in it');
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url)
    throw new WebFailure('bad_request', 'the address cannot be read; write https://, a host and a path');
  if (!DEFAULT_PORTS.has(url.protocol)) throw new WebFailure('address_refused', 'only https can be called');
  if (/^[a-z]+:[/]*[^/?#]*@/i.test(text)) {
    const message = 'the address has a user or password in it; put it into the header `Authorization`';
    throw new WebFailure('address_refused', message);
  }
  return url;
}

function hostOf({ hostname }: URL): string {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0 || NAME.test(host)) return host;
  throw new WebFailure('bad_request', 'the host of the address is no name that a service can have');
}

function refuseUnlisted(url: URL, host: string, port: number): void {
  if (url.protocol !== 'https:')
    throw new WebFailure('address_refused', `only https can be called; ${LIST_IT}`);
  if (isIP(host) === 0 && (!host.includes('.') || INSIDE.test(host))) {
    throw new WebFailure('address_refused', `the host is a name of inside networks; ${LIST_IT}`);
  }
  if (port !== 443)
    throw new WebFailure('address_refused', `only port 443 can be called; ${LIST_IT}, with its port`);
}
