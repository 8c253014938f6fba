import { isIP } from 'node:net';
import { type RequestHandler } from 'express';

/** Whether an address or name is this machine's alone. */
function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/**
 * Refuses calls under a foreign name while bound to loopback: a web page whose name was pointed at 127.0.0.1
 * (DNS rebinding) could read the chats otherwise. `Origin` keeps other sites' scripts out of the writes.
 */
export function guardHost(boundTo: string, allowedHosts: readonly string[]): RequestHandler {
  const allowed = new Set([...allowedHosts, 'emulator'].map((name) => name.toLowerCase()));
  const isAllowed = (host: string) => isLoopback(host) || allowed.has(host.toLowerCase());
  return (request, response, next) => {
    const { host = '', origin } = request.headers;
    const isForeignName = isLoopback(boundTo) && !isAllowed(hostName(host));
    const isForeignPage =
      origin !== undefined && hostName(origin.replace(/^https?:\/\//, '')) !== hostName(host);
    if (!isForeignName && !isForeignPage) return next();
    response.status(403).json({
      error: `Cannot serve ${JSON.stringify(isForeignName ? host : origin)}: use a loopback address, or name it in allowedHosts`,
    });
  };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '');
}
