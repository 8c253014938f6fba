import { readAs } from '@alur/types';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';

/** What a service must know of Redis before it trusts it. */
export interface RedisHealth {
  up: boolean;
  /** used_memory / maxmemory; 0 without a limit. */
  full: number;
  /** Keys may not be dropped under memory pressure. */
  noeviction: boolean;
}

/** Whether an answer means that the data is on disk; undefined where Redis does not tell. */
export async function readDurability(client: RedisClient): Promise<boolean | undefined> {
  const node = client instanceof Redis ? client : client.nodes('master')[0];
  const settings = await node?.config('GET', 'append*').catch(() => undefined);
  const pairs = readAs(z.array(z.string()), settings);
  if (!pairs.success) return undefined;
  const setting = (name: string) => pairs.data[pairs.data.indexOf(name) + 1];
  return setting('appendonly') === 'yes' && setting('appendfsync') === 'always';
}

/** Asks Redis for its memory and policy; `up: false` when it does not answer. A cluster counts as its fullest master. */
export async function readRedisHealth(client: RedisClient): Promise<RedisHealth> {
  const nodes = client instanceof Redis ? [client] : client.nodes('master');
  try {
    const all = await Promise.all(nodes.map(async (node) => parseHealth(await node.info('memory'))));
    return {
      up: all.length > 0,
      full: Math.max(0, ...all.map((health) => health.full)),
      noeviction: all.every((health) => health.noeviction),
    };
  } catch {
    return { up: false, full: 0, noeviction: true };
  }
}

function parseHealth(info: string): { full: number; noeviction: boolean } {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  const limit = Number(field('maxmemory'));
  return {
    full: limit > 0 ? Number(field('used_memory')) / limit : 0,
    noeviction: field('maxmemory_policy') === 'noeviction',
  };
}
