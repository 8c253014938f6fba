import type { RedisClient } from './connection.ts';
import { Redis } from 'ioredis';

/** What a service must know of Redis before it trusts it. */
export interface RedisHealth {
  up: boolean;
  /** used_memory / maxmemory; 0 without a limit. */
  full: number;
  /** Keys may not be dropped under memory pressure. */
  noeviction: boolean;
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
