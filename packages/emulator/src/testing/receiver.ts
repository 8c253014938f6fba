import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, type Server, createServer } from 'node:http';
import { z } from 'zod';

/** A webhook as far as tests look into it. */
const WebhookValue = z.looseObject({
  statuses: z.array(z.looseObject({ id: z.string(), status: z.string() })).optional(),
  messages: z.array(z.looseObject({ id: z.string() })).optional(),
});
type WebhookValue = z.infer<typeof WebhookValue>;

const Entry = z.looseObject({
  id: z.string(),
  changes: z.array(z.looseObject({ field: z.string(), value: WebhookValue })).min(1),
});
const Webhook = z.looseObject({ entry: z.array(Entry).min(1) });

/** One webhook as it arrived. */
export interface Received {
  path: string;
  /** The bytes as text, before parsing. */
  raw: string;
  isSigned: boolean;
  headers: IncomingHttpHeaders;
  entry: z.infer<typeof Entry>[];
  /** Of the first change. */
  value: WebhookValue;
}

/** A webhook target on a port of its own that checks signatures and remembers what it got. */
export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** All receipts so far, however they were batched. */
  statuses: () => NonNullable<WebhookValue['statuses']>;
  /** What it answers from now on. */
  status: number;
  /** The token that it verifies by; what it was asked stands in `verifications`. */
  verifyToken: string;
  verifications: string[];
  /** Called with each webhook before it is answered. */
  onReceived: (received: Received) => Promise<void>;
  /** Waits until enough webhooks fit, and returns those; rejects after the deadline with what came instead. */
  until: (fits: (received: Received) => boolean, count?: number) => Promise<Received[]>;
  /** Waits until so many receipts have come, and returns all of them. */
  untilStatuses: (count: number) => Promise<NonNullable<WebhookValue['statuses']>>;
  close: () => Promise<void>;
}

export async function startReceiver(secret: string, port = 0): Promise<Receiver> {
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      const { status, body } = verify(request, receiver);
      response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const expected = `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
      const raw = bytes.toString('utf8');
      const { entry } = Webhook.parse(JSON.parse(raw));
      const received = {
        path: request.url ?? '',
        raw,
        isSigned: request.headers['x-hub-signature-256'] === expected,
        headers: request.headers,
        entry,
        value: entry[0]?.changes[0]?.value ?? {},
      };
      receiver.received.push(received);
      void receiver.onReceived(received).then(() => response.writeHead(receiver.status).end());
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const receiver = createReceiver(server);
  return receiver;
}

function createReceiver(server: Server): Receiver {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const received: Received[] = [];
  const statuses = () =>
    received.flatMap(({ entry }) =>
      entry.flatMap(({ changes }) => changes.flatMap(({ value }) => value.statuses ?? [])),
    );
  const all = () => `all: ${received.map(({ raw }) => raw).join('\n')}`;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    status: 200,
    verifyToken: 'word',
    verifications: [],
    onReceived: () => Promise.resolve(),
    statuses,
    async until(fits, count = 1) {
      const found = () => received.filter(fits);
      await waitUntil(
        () => found().length >= count,
        () => `Got ${found().length} of ${count} webhooks; ${all()}`,
      );
      return found();
    },
    async untilStatuses(count) {
      const isEnough = () => statuses().length >= count;
      await waitUntil(isEnough, () => `Got ${statuses().length} of ${count} receipts; ${all()}`);
      return statuses();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** As Meta asks it to: the challenge for who knows the token. */
function verify(request: IncomingMessage, receiver: Receiver): { status: number; body: string } {
  receiver.verifications.push(request.url ?? '');
  const asked = new URL(request.url ?? '', 'http://localhost').searchParams;
  const isMeta =
    asked.get('hub.mode') === 'subscribe' && asked.get('hub.verify_token') === receiver.verifyToken;
  return isMeta ? { status: 200, body: asked.get('hub.challenge') ?? '' } : { status: 403, body: 'no' };
}

const DEADLINE_MS = 15_000;

/** Asks again until it is so; rejects with what `complain` says when the deadline is over. */
async function waitUntil(isSo: () => boolean, complain: () => string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(complain());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
