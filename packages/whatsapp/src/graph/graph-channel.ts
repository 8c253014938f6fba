import { type Connections, type ExchangeRequest } from './graph-exchange.ts';

/** What the calls of one client share. */
export interface GraphChannel {
  base: URL;
  connections: Connections;
  /** Of a whole call, unless it says otherwise. */
  timeoutMs: number;
  connectTimeoutMs: number;
}

/** Where a path below the base address is. Each of its parts is encoded, so none can lead elsewhere. */
export function targetOf(
  base: URL,
  parts: readonly string[],
  query: Readonly<Record<string, string>> = {},
): ExchangeRequest['target'] {
  const path = [base.pathname.replace(/\/+$/, ''), ...parts.map((part) => encodeURIComponent(part))].join(
    '/',
  );
  const search = new URLSearchParams(query).toString();
  return { ...hostOf(base), path: search === '' ? path : `${path}?${search}` };
}

export function hostOf({ protocol, hostname, port }: URL): Omit<ExchangeRequest['target'], 'path'> {
  return { secure: protocol === 'https:', hostname: hostname.replace(/^\[|\]$/g, ''), port };
}

/** Of every request: an answer is never packed, so its size on the way is its size. */
export function requestHeaders(token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'alur',
  };
}
