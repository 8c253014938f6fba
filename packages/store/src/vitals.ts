import { readAs, type NumberId } from '@alur/types';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { RUNNERS } from './ready.ts';

// What an operator asks Redis when something does not work. Nothing here writes, and nothing is on the way of a message.

/** A master, as it says of itself; `undefined` stands for what it may not tell (hosted Redis often tells no settings). */
export interface RedisVitals {
  /** `host:port` of a cluster's node; empty for a single Redis. */
  node: string;
  version: string;
  usedBytes: number;
  /** 0: no limit. */
  maxBytes: number;
  policy: string;
  /** Settings `appendonly` and `appendfsync`. */
  appendOnly: string | undefined;
  appendFsync: string | undefined;
  /** Whether the last write and the last rewrite of the append-only file went well. */
  isAofWell: boolean;
  /** The fastest of a few PINGs, in milliseconds: how far it is, whatever else this process does. */
  latencyMs: number;
  /** Its clock less this machine's, in milliseconds: right to about the latency. */
  skewMs: number;
}

const PINGS = 5;

/** Asks every master; throws when one does not answer. */
export async function readRedisVitals(client: RedisClient): Promise<RedisVitals[]> {
  if (client instanceof Redis) return [await readNode(client, '')];
  const nodes = client.nodes('master');
  return Promise.all(
    nodes.map((node) => readNode(node, `${node.options.host ?? ''}:${node.options.port ?? ''}`)),
  );
}

async function readNode(redis: Redis, node: string): Promise<RedisVitals> {
  const latencyMs = await measureLatency(redis);
  const info = `${await redis.info('server')}\n${await redis.info('memory')}\n${await redis.info('persistence')}`;
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  const setting = await readSettings(redis);
  return {
    node,
    version: field('redis_version'),
    usedBytes: Number(field('used_memory')),
    maxBytes: Number(field('maxmemory')),
    policy: field('maxmemory_policy'),
    appendOnly: setting('appendonly'),
    appendFsync: setting('appendfsync'),
    isAofWell: field('aof_last_write_status') !== 'err' && field('aof_last_bgrewrite_status') !== 'err',
    latencyMs,
    skewMs: await measureSkew(redis),
  };
}

async function measureLatency(redis: Redis): Promise<number> {
  const times: number[] = [];
  for (let ping = 0; ping < PINGS; ping += 1) {
    const startedAt = performance.now();
    await redis.ping();
    times.push(performance.now() - startedAt);
  }
  return Math.min(...times);
}

const TimeReply = z.tuple([z.coerce.number(), z.coerce.number()]);

async function measureSkew(redis: Redis): Promise<number> {
  const askedMs = Date.now();
  const [seconds, micros] = TimeReply.parse(await redis.time());
  return seconds * 1_000 + micros / 1_000 - (askedMs + Date.now()) / 2;
}

async function readSettings(redis: Redis): Promise<(name: string) => string | undefined> {
  const pairs = readAs(z.array(z.string()), await redis.config('GET', 'append*').catch(() => []));
  const known = pairs.success ? pairs.data : [];
  return (name) => {
    const at = known.indexOf(name);
    return at < 0 ? undefined : known[at + 1];
  };
}

/** `ok`, or what a cluster says of itself; undefined where there is no cluster. */
export async function readClusterState(client: RedisClient): Promise<string | undefined> {
  if (client instanceof Redis) return undefined;
  // Each has its own view: a hole is known first where it is.
  const infos = await Promise.all(client.nodes('master').map((node) => node.cluster('INFO')));
  const states = infos.map((info) => /^cluster_state:(\w+)/m.exec(String(info))?.[1] ?? 'unknown');
  return states.find((state) => state !== 'ok') ?? 'ok';
}

const META = 'alur:meta';

/** Into how many shards this Redis is split; undefined before the first start of a service. */
export async function readShardCount(client: RedisClient): Promise<number | undefined> {
  const stored = await client.hget(META, 'shards');
  return stored === null ? undefined : Number(stored);
}

const Consumers = z.array(
  z
    .array(z.union([z.string(), z.number()]))
    .transform((flat) => new Map(flat.flatMap((name, at) => (at % 2 ? [] : [[name, flat[at + 1]]])))),
);

/** A runner that reads a shard's events. */
export interface SeenRunner {
  name: string;
  /** Since it last asked for work, in milliseconds. */
  idleMs: number;
  /** Conversations in its hands. */
  pending: number;
}

/** Who has taken events of this shard. Before Redis 7.2 one that has found nothing to do since it started is not among them. */
export async function readRunners(client: RedisClient, shard: number): Promise<SeenRunner[]> {
  const reply = await client.xinfo('CONSUMERS', shardKeys(shard).ready, RUNNERS).catch(() => []);
  return Consumers.parse(reply).map((consumer) => ({
    name: String(consumer.get('name') ?? ''),
    idleMs: Number(consumer.get('idle') ?? 0),
    pending: Number(consumer.get('pending') ?? 0),
  }));
}

// A wait lasts a second; the rest is for a runner whose hands are full.
const READING_S = 60;

/**
 * Connections that wait for events at this moment: a runner has one for each shard, nearly always. Undefined where Redis does not
 * tell who is connected.
 */
export async function countReading(client: RedisClient): Promise<number | undefined> {
  const nodes = client instanceof Redis ? [client] : client.nodes('master');
  const lists = await Promise.all(nodes.map((node) => node.client('LIST').catch(() => undefined)));
  if (lists.includes(undefined)) return undefined;
  const lines = lists.join('\n').split('\n');
  const idleS = (line: string) => Number(/ idle=(\d+)/.exec(line)?.[1] ?? Infinity);
  return lines.filter((line) => / cmd=xreadgroup( |$)/.test(line) && idleS(line) < READING_S).length;
}

/** When the last event of a shard became somebody's work, in Unix ms; undefined when none ever did. */
export async function lastEventAt(client: RedisClient, shard: number): Promise<number | undefined> {
  const reply = await client.xinfo('STREAM', shardKeys(shard).ready).catch(() => []);
  const flat = readAs(z.array(z.unknown()), reply).data ?? [];
  const id = flat[flat.indexOf('last-generated-id') + 1];
  const ms = typeof id === 'string' ? Number(id.split('-')[0]) : 0;
  return ms > 0 ? ms : undefined;
}

/** When the newest attempt of a number that has had a status began, in Unix ms; undefined without one in 8 days. */
export async function lastStatusAt(
  client: RedisClient,
  shard: number,
  number: NumberId,
): Promise<number | undefined> {
  const [, at] = await client.zrevrange(shardKeys(shard).statusesSeen(number), 0, 0, 'WITHSCORES');
  return at === undefined ? undefined : Number(at);
}

/** How much there is of each kind; `isCut`: there is more than was looked at. */
export interface Tally {
  counts: Map<string, number>;
  isCut: boolean;
}

const LOOKED_AT_MAX = 1_000;
const PAGE = 50;

/** Why things were set aside since then, counted. Looks at the newest thousand: each may hold 64 KiB. */
export async function tallyAside(client: RedisClient, shard: number, sinceMs: number): Promise<Tally> {
  const counts = new Map<string, number>();
  let end = '+';
  for (let seen = 0; seen < LOOKED_AT_MAX; seen += PAGE) {
    const page = await client.xrevrange(shardKeys(shard).quarantine, end, sinceMs, 'COUNT', PAGE);
    for (const [, fields] of page) add(counts, fields[fields.indexOf('reason') + 1] ?? 'unknown');
    const last = page.at(-1)?.[0];
    if (last === undefined || page.length < PAGE) return { counts, isCut: false };
    end = `(${last}`;
  }
  return { counts, isCut: true };
}

/** Why messages died since then, counted. Looks at the newest thousand. */
export async function tallyDead(client: RedisClient, shard: number, sinceMs: number): Promise<Tally> {
  const keys = shardKeys(shard);
  const mids = await client.zrevrangebyscore(keys.dead, '+inf', sinceMs, 'LIMIT', 0, LOOKED_AT_MAX);
  const fields = await Promise.all(mids.map((mid) => client.hmget(keys.message(mid), 'state', 'reason')));
  const counts = new Map<string, number>();
  for (const [state, reason] of fields) if (state === 'dead') add(counts, reason ?? 'unknown');
  return { counts, isCut: mids.length === LOOKED_AT_MAX };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
