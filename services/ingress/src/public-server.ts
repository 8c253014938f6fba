import { createServer, type RequestListener } from 'node:http';

/** The public port is taken, or may not be used. */
class PublicPortError extends Error {
  override readonly name = 'PublicPortError';
  readonly code = 'public_port';
  readonly exitCode = 5;
}

export interface PublicServer {
  port: number;
  /** Answers what is under way, takes nothing new; cuts what is left after `withinMs`. */
  close(withinMs: number): Promise<void>;
}

// Meta's bodies come at once; whoever takes longer than this holds a socket on purpose.
const TIMEOUTS = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
};
const CONNECTIONS_MAX = 10_000;

interface PortOptions {
  host: string;
  port: number;
  name: 'PORT' | 'API_PORT';
  timesBodies?: boolean;
}

/**
 * Opens a port; `name` is the variable that it is set by. With `timesBodies` the app itself sees to it that bodies come in time. Fails with
 * `PublicPortError`.
 */
export async function openPublicServer(
  app: RequestListener,
  { host, port, name, timesBodies }: PortOptions,
): Promise<PublicServer> {
  const server = createServer({ ...TIMEOUTS, ...(timesBodies === true && { requestTimeout: 0 }) }, app);
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${cause.code})`;
      reject(
        new PublicPortError(
          `Cannot open ${name}: port ${port} on ${host} ${reason}; set ${name} to a free one`,
          { cause },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: (withinMs) =>
      new Promise((resolve) => {
        const idle = setInterval(() => server.closeIdleConnections(), 50);
        const cut = setTimeout(() => server.closeAllConnections(), withinMs);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}
