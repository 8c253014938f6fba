import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeDemoBundle, readBundle, type BusinessNumber } from '@alur/bundle';
import {
  createTierQueues,
  enqueue,
  findMediaIds,
  keepMediaId,
  openConversation,
  openStore,
  readDeadLetter,
  type Store,
  type TierQueues,
} from '@alur/store';
import { createLogger } from '@alur/telemetry';
import { hash, MessageId, type OutboundMessage } from '@alur/types';
import { freePort, startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { Config } from './config.ts';
import { startSender } from './start-sender.ts';

const JPEG = Buffer.concat([Buffer.from('\xff\xd8\xff\xe0', 'latin1'), Buffer.alloc(200_000, 'cat')]);
const SHOWN = 'media/cat.jpg';
const LONG_AGO_MS = Date.parse('2026-01-01');

/** A Graph that knows the files that were uploaded to it. */
interface Graph {
  url: string;
  uploads: string[];
  /** The media id of each message that was posted, or what it had in its place. */
  posted: (string | undefined)[];
  known: Set<string>;
  /** Answers an upload in place of the usual. */
  onUpload: ((response: ServerResponse, count: number) => boolean) | undefined;
  close: () => Promise<void>;
}

async function startGraph(): Promise<Graph> {
  const server: Server = createServer((request, response) => {
    // An upload that is given up does not come to its end.
    void readBody(request).then(
      (body) => answer(graph, request, response, body),
      () => undefined,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const graph: Graph = {
    url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`,
    uploads: [],
    posted: [],
    known: new Set(),
    onUpload: undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return graph;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function answer(graph: Graph, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (request.url?.endsWith('/media') === true) {
    graph.uploads.push(request.url);
    if (graph.onUpload?.(response, graph.uploads.length) === true) return;
    const id = `media${graph.uploads.length}`;
    graph.known.add(id);
    response.end(JSON.stringify({ id }));
    return;
  }
  const id = /"image":\{"id":"([^"]*)"/.exec(body.toString())?.[1];
  graph.posted.push(id);
  if (id !== undefined && !graph.known.has(id)) return refuse(response, 400, 100);
  response.end(JSON.stringify({ messages: [{ id: `wamid.${graph.posted.length}` }] }));
}

function refuse(response: ServerResponse, status: number, code: number): void {
  response.writeHead(status).end(JSON.stringify({ error: { code, message: 'no' } }));
}

let redis: TestRedis;
let store: Store;
let queues: TierQueues;
let graph: Graph;
let dir: string;
let number: BusinessNumber;
const senders: { stop: () => Promise<void>; reload?: () => Promise<void> }[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-sender-'));
  graph = await startGraph();
  await makeDemoBundle({
    dir,
    publicBaseUrl: graph.url,
    graphBaseUrl: graph.url,
    flows: [],
    random: (bytes) => 'ab'.repeat(bytes),
  });
  await mkdir(join(dir, 'media'));
  await writeFile(join(dir, SHOWN), JPEG);
  const found = (await readBundle(dir)).tenants[0]?.teams[0]?.numbers[0];
  if (!found) throw new Error('the demo bundle has no number');
  number = found;
  store = await openStore({ url: redis.url, shards: 1 });
  await store.client.flushall();
  queues = createTierQueues(store.bull('queue'));
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()));
  await queues.close();
  await store.close();
  await graph.close();
  await rm(dir, { recursive: true, force: true });
});

async function start() {
  const OPS_PORT = String(await freePort());
  const config = Config.parse({ REDIS_URL: redis.url, BUNDLE_DIR: dir, SHARDS: '1', OPS_PORT });
  const sender = await startSender(config, createLogger({ service: 'sender', level: 'silent' }));
  senders.push(sender);
  return {
    reload: () => sender.reload?.(),
    stop: () => sender.stop(),
    metrics: async () => (await fetch(`http://127.0.0.1:${OPS_PORT}/metrics`)).text(),
  };
}

function showing(file?: string): OutboundMessage {
  const components = [{ type: 'header' as const, parameters: [{ type: 'image' as const, image: { file } }] }];
  const template = { name: 'offer', language: { code: 'en' } };
  return { kind: 'template', template: file === undefined ? template : { ...template, components } };
}

/** Queues a message for each of so many contacts. */
async function give(count: number, message: OutboundMessage, name = 'm'): Promise<MessageId[]> {
  const messages = await Promise.all(
    Array.from({ length: count }, async (_none, index) => {
      const waId = `4915550${name.charCodeAt(0)}${index}`;
      const cid = await openConversation(store.client, 0, number, { waId });
      const { id, tenant, team } = number;
      const mid = MessageId.parse(hash('mid', name, index));
      const data = { mid, cid, class: 'notification' as const, tenant, team, number: id };
      return { data, body: { to: { waId }, message }, retryOnRateLimit: false };
    }),
  );
  const admitted = await enqueue(store.client, 0, number, messages);
  await queues.add(number.tier, { shard: 0, number: number.id }, admitted);
  return messages.map(({ data }) => data.mid);
}

const fieldOf = (mid: MessageId, field: string) => store.client.hget(`{s0}:msg:${mid}`, field);
const reach = (mids: readonly MessageId[], state: string) =>
  waitFor(async () => {
    const states = await Promise.all(mids.map((mid) => fieldOf(mid, 'state')));
    return states.every((each) => each === state) ? true : undefined;
  }, `all messages to be ${state}`);
const hashInBundle = async () => (await readBundle(dir)).mediaFiles.get(SHOWN)?.sha256 ?? '';
const deadOf = async (mid: MessageId) => {
  const letter = await readDeadLetter(store.client, 0, mid);
  return [letter?.reason, letter?.code];
};

describe('startSender() with messages that show files of the bundle', () => {
  test('uploads a file once for all messages of a number and all senders', async () => {
    const [one, other] = [await start(), await start()];
    const mids = await give(60, showing(SHOWN));
    await reach(mids, 'sent');
    expect(graph.uploads).toEqual([`/v25.0/${number.id}/media`]);
    expect(graph.posted).toEqual(Array(60).fill('media1'));
    const told = (await one.metrics()) + (await other.metrics());
    expect(told).toContain('alur_media_uploads_total{outcome="ok"} 1');
    expect(told).toContain(`alur_media_upload_bytes_total ${JPEG.length}`);
    await reach(await give(1, showing(SHOWN), 'n'), 'sent');
    expect(graph.uploads).toHaveLength(1);
  });

  test('holds nothing while a file is on its way, and lets other messages go', async () => {
    let finish: () => void = () => undefined;
    graph.onUpload = (response) => {
      finish = () => {
        graph.known.add('late');
        response.end('{"id":"late"}');
      };
      return true;
    };
    await start();
    const shown = await give(30, showing(SHOWN));
    await waitFor(() => (graph.uploads.length === 1 ? true : undefined), 'the upload');
    const plain = await give(30, showing(), 'n');
    await reach(plain, 'sent');
    expect(graph.posted).toEqual(Array(30).fill(undefined));
    expect(await Promise.all(shown.map((mid) => fieldOf(mid, 'state')))).toEqual(Array(30).fill('queued'));
    finish();
    await reach(shown, 'sent');
    expect(graph.uploads).toHaveLength(1);
    expect(graph.posted.slice(30)).toEqual(Array(30).fill('late'));
  });

  test('forgets an id that Meta has lost, and uploads the file again', async () => {
    const place = { shard: 0, number: number.id, sha256: await hashInBundle() };
    await keepMediaId(store.client, place, { id: 'lost', atMs: LONG_AGO_MS });
    await start();
    const mids = await give(1, showing(SHOWN));
    await reach(mids, 'sent');
    expect([graph.posted, graph.uploads.length]).toEqual([['lost', 'media1'], 1]);
    expect((await findMediaIds(store.client, place, [place.sha256])).get(place.sha256)?.id).toBe('media1');
  });

  test('does not upload again for an id that was new when it was refused', async () => {
    graph.onUpload = (response) => {
      response.end('{"id":"unwanted"}');
      return true;
    };
    await start();
    const [mid] = await give(1, showing(SHOWN));
    if (mid === undefined) throw new Error('no message');
    await reach([mid], 'dead');
    expect(graph.uploads).toHaveLength(1);
    expect(await deadOf(mid)).toEqual(['invalid_message', '100']);
  });

  test('tries again after an upload that failed', async () => {
    graph.onUpload = (response, count) => {
      if (count === 1) response.writeHead(502).end('<html>');
      return count === 1;
    };
    await start();
    const [mid] = await give(1, showing(SHOWN));
    if (mid === undefined) throw new Error('no message');
    await reach([mid], 'sent');
    expect(graph.uploads).toHaveLength(2);
    expect(await fieldOf(mid, 'attempt')).toBe('2');
  });

  test('counts a failed upload once for each message that waited for it', async () => {
    const held: (() => void)[] = [];
    graph.onUpload = (response, count) => {
      if (count === 1) held.push(() => response.writeHead(503).end());
      return count === 1;
    };
    await start();
    const mids = await give(10, showing(SHOWN));
    const isWaiting = async () => (await store.client.zcard(`{s0}:later:${number.id}`)) === 10;
    await waitFor(async () => ((await isWaiting()) ? true : undefined), 'all messages to wait');
    held[0]?.();
    await reach(mids, 'sent');
    expect(await Promise.all(mids.map((mid) => fieldOf(mid, 'attempt')))).toEqual(Array(10).fill('2'));
    expect(graph.uploads).toHaveLength(2);
  });

  test('buries a message whose file Meta refuses', async () => {
    graph.onUpload = (response) => {
      refuse(response, 400, 131053);
      return true;
    };
    const sender = await start();
    const [mid] = await give(1, showing(SHOWN));
    if (mid === undefined) throw new Error('no message');
    await reach([mid], 'dead');
    expect(await deadOf(mid)).toEqual(['media', '131053']);
    expect(graph.posted).toEqual([]);
    expect(await sender.metrics()).toContain('alur_media_uploads_total{outcome="refused"} 1');
  });

  test('buries a message whose file the bundle does not have', async () => {
    await start();
    const [mid] = await give(1, showing('media/dog.jpg'));
    if (mid === undefined) throw new Error('no message');
    await reach([mid], 'dead');
    expect(await deadOf(mid)).toEqual(['media', 'media_missing']);
    expect(graph.uploads).toEqual([]);
  });

  test('sends no other file than the one that the bundle was loaded with', async () => {
    const sender = await start();
    const changed = Buffer.concat([JPEG, Buffer.from('dog')]);
    await writeFile(join(dir, SHOWN), changed);
    const [mid] = await give(1, showing(SHOWN));
    if (mid === undefined) throw new Error('no message');
    await waitFor(
      async () => ((await fieldOf(mid, 'code')) === 'media_changed' ? true : undefined),
      'a refusal',
    );
    expect(graph.known.size).toBe(0);
    await sender.reload();
    await reach([mid], 'sent');
  });

  test('breaks an upload off when it stops, and another sender begins it anew', async () => {
    graph.onUpload = (_response, count) => count === 1;
    const first = await start();
    const mids = await give(1, showing(SHOWN));
    await waitFor(() => (graph.uploads.length === 1 ? true : undefined), 'the upload');
    const startedAt = performance.now();
    senders.length = 0;
    await first.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await start();
    await reach(mids, 'sent');
    expect(graph.uploads).toHaveLength(2);
  });
});
