import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Target } from './check-target.ts';
import { checkAddress } from './is-public.ts';
import { toWebFailure, WebFailure } from './web-failure.ts';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const TRIED_MAX = 3;

/** As the machine resolves names, hosts file and search domains included. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** The same, asking for a name once at a time: Node resolves few at once, and one that hangs must not take all its places. */
export function resolveOnce(resolve: Resolve): Resolve {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return (host) => {
    const known = underWay.get(host);
    if (known) return known;
    const asked = resolve(host).finally(() => underWay.delete(host));
    underWay.set(host, asked);
    return asked;
  };
}

/**
 * The addresses that a call may connect to, the first to try first. A name is resolved here, once, and the connection is made
 * to an address: so what was checked is what is called, whatever the name means a moment later. Throws `WebFailure` when one
 * of them is not public: a name that means both is not honest, or serves inside.
 */
export async function findAddresses(
  { host, isListed }: Target,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<string[]> {
  const found = isIP(host) === 0 ? await orAbort(resolve(host), signal) : [host];
  if (found.length === 0) throw new WebFailure('unreachable', 'the name of the host has no address');
  if (!found.every((address) => checkAddress(address, { isListed }))) {
    const fix = isListed
      ? 'no listing allows it'
      : 'list the host under `http.allow` of the team in bundle.yaml';
    throw new WebFailure(
      'address_refused',
      `the host is inside a network, or its address is special; ${fix}`,
    );
  }
  // Where IPv6 leads nowhere, a connection over it hangs; where IPv4 does not work, it is refused at once.
  return [...new Set(found)].sort((a, b) => isIP(a) - isIP(b)).slice(0, TRIED_MAX);
}

function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(toWebFailure(signal.reason));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
