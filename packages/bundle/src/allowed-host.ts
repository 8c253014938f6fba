import { isIP } from 'node:net';

/** A host that a team's flows may call although it is private, without TLS or on a port of its own. */
export interface AllowedHost {
  /** As `URL` writes it, an IPv6 address without its brackets. */
  host: string;
  /** Left out: http and https. */
  protocol?: 'http:' | 'https:';
  /** Left out: the usual port of the protocol. */
  port?: number;
}

const ENTRY = /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[^\s/?#@:\\%[\]]+)(?::([0-9]{1,5}))?$/i;
const NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
const PORT_MAX = 65_535;

/** Reads an entry of `http.allow`: `host`, `host:port` or `http://host:port`. Undefined when it is none of them. */
export function parseAllowedHost(text: string): AllowedHost | undefined {
  const [, scheme, written = '', digits] = ENTRY.exec(text) ?? [];
  const address = `http://${written}/`;
  if (written === '' || !URL.canParse(address)) return undefined;
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 0) > PORT_MAX || (isIP(host) === 0 && !NAME.test(host))) return undefined;
  return {
    host,
    ...(scheme !== undefined && { protocol: scheme.toLowerCase() === 'http' ? 'http:' : 'https:' }),
    ...(port !== undefined && { port }),
  };
}
