import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type Metrics } from './create-metrics.ts';

/** Whether the process can do its work now. `detail` is for operators: no secrets, no personal data. */
export interface Readiness {
  ready: boolean;
  checks: Record<string, { ok: boolean; detail?: string }>;
}

export interface OpsServer {
  /** The real port, also when 0 was asked for. */
  port: number;
  close(): Promise<void>;
}

export interface OpsOptions {
  host: string;
  port: number;
  metrics: Metrics;
  readiness: () => Promise<Readiness> | Readiness;
}

/** The ops port is taken, or may not be used. */
export class OpsPortError extends Error {
  override readonly name = 'OpsPortError';
  readonly code = 'ops_port';
  readonly exitCode = 5;
}

// Probes give up after a few seconds; a check that hangs has to be a "no" before that.
const READINESS_MS = 2_000;

interface Answer {
  status: number;
  type: string;
  body: string;
}

/**
 * Serves operators: `/metrics` (Prometheus text), `/healthz` and `/health` (200 while the process lives),
 * `/readyz` and `/ready` (200 or 503 with a `Readiness` as JSON). Fails with `OpsPortError`.
 */
export async function startOps(options: OpsOptions): Promise<OpsServer> {
  const server = createServer((request, response) => void handle(options, request, response));
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: OpsOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${cause.code})`;
      const fix = 'set OPS_PORT to a free port';
      const message = `Cannot open the ops port: port ${port} on ${host} ${reason}; ${fix}`;
      reject(new OpsPortError(message, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

async function handle(options: OpsOptions, request: IncomingMessage, response: ServerResponse) {
  const { status, type, body } = await answer(options, request).catch(() =>
    json(500, { error: 'cannot answer' }),
  );
  const allow = status === 405 ? { allow: 'GET, HEAD' } : {};
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...allow });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answer(options: OpsOptions, request: IncomingMessage): Promise<Answer> {
  const page = PAGES.get((request.url ?? '').split('?', 1)[0] ?? '');
  if (page === undefined) return json(404, { error: 'not found', paths: [...PAGES.keys()] });
  if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'use GET' });
  return page(options);
}

type Page = (options: OpsOptions) => Promise<Answer> | Answer;

const health: Page = () => json(200, { alive: true });

const ready: Page = async ({ readiness }) => {
  const state = await withDeadline(readiness);
  return json(state.ready ? 200 : 503, state);
};

const metricsPage: Page = async ({ metrics }) => ({
  status: 200,
  type: metrics.contentType,
  body: await metrics.text(),
});

const PAGES: ReadonlyMap<string, Page> = new Map([
  ['/metrics', metricsPage],
  ['/healthz', health],
  ['/health', health],
  ['/readyz', ready],
  ['/ready', ready],
]);

async function withDeadline(readiness: OpsOptions['readiness']): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve(notReady(`no answer within ${READINESS_MS} ms`)), READINESS_MS);
  });
  const asked = Promise.resolve()
    .then(readiness)
    .catch((error: unknown) => notReady(error instanceof Error ? error.name : 'failed'));
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

function notReady(detail: string): Readiness {
  return { ready: false, checks: { readiness: { ok: false, detail } } };
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}
