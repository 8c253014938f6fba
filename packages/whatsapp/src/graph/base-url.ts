import { BlockList, isIP } from 'node:net';

/** The base address of the Graph API cannot be used. Setup and services show `message` as it is. */
export class BaseUrlError extends Error {
  override readonly name = 'BaseUrlError';
  readonly code: 'malformed' | 'insecure';

  constructor(code: BaseUrlError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const PRIVATE = new BlockList();
PRIVATE.addSubnet('127.0.0.0', 8);
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/**
 * Reads the base address that Graph calls go to. The token travels with every call, so plain http is for this machine and
 * private networks only (loopback, RFC 1918, unique local, names without a dot), unless `allowHttp`.
 * Throws `BaseUrlError`.
 */
export function parseBaseUrl(baseUrl: string, options: { allowHttp: boolean }): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !isHttp(url) || url.username !== '' || url.password !== '') {
    throw new BaseUrlError(
      'malformed',
      'Cannot use Graph base URL: it is no plain http or https address; set GRAPH_BASE_URL, e.g. https://graph.facebook.com',
    );
  }
  if (url.protocol === 'http:' && !options.allowHttp && !isPrivateHost(url.hostname)) {
    throw new BaseUrlError(
      'insecure',
      `Cannot use Graph base URL: http to "${url.hostname}" would show the access token on the way; use https`,
    );
  }
  return url;
}

function isHttp(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:';
}

function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family !== 0) return PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
  // A name without a dot is resolved by the local network only, such as a service of a compose file.
  return !host.includes('.') || host.endsWith('.localhost');
}
