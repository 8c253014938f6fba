import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import { claim, type Claim, type ClaimOptions } from '../claim.ts';
import { connect, waitUntilReady, type Connections, type RedisClient } from '../connection.ts';
import { enqueue } from '../enqueue.ts';
import { finish, type AttemptOutcome, type Finished, type FinishOptions } from '../finish.ts';
import { shardKeys } from '../keys.ts';
import type { MessageRef } from '../message-ref.ts';
import { wakeNumber } from '../outbox.ts';
import { cidOf, contactOf, messageOf, numberOf, refOf, type Said } from './said.ts';
import { withClock, type TestClock } from './with-clock.ts';

const keys = shardKeys(0);

/** A real Redis for the tests of one file, emptied before each, with a clock that the test sets; and what they all do. */
export function useStore() {
  const redis = useRedis();
  return Object.assign(redis, { keys, ...talking(redis), ...sending(redis), ...reading(redis) });
}

interface TestClients {
  clock: TestClock;
  /** Scripts run by the test's clock. */
  readonly client: RedisClient;
  /** Scripts run by Redis's clock. */
  readonly real: RedisClient;
  readonly url: string;
}

function useRedis(): TestClients {
  let redis: TestRedis;
  let connections: Connections;
  let client: RedisClient;
  const clock: TestClock = { nowMs: 0 };
  beforeAll(async () => {
    redis = await startRedis();
    connections = connect({ url: redis.url });
    await waitUntilReady(connections.client, 5_000);
    client = withClock(connections.client, clock);
  });
  afterAll(async () => {
    await connections.close();
    await redis.stop();
  });
  beforeEach(async () => {
    clock.nowMs = Date.now();
    await connections.client.flushall();
  });
  return {
    clock,
    get client() {
      return client;
    },
    get real() {
      return connections.client;
    },
    get url() {
      return redis.url;
    },
  };
}

function talking(redis: TestClients) {
  /** Lets the contact have written so many seconds ago: opens the window. */
  const hear = async (contact: string, agoS = 60, number = numberOf()) => {
    const at = Math.floor(redis.clock.nowMs / 1_000) - agoS;
    await redis.client.hset(keys.conversation(cidOf(contact, number)), 'last', at);
  };
  /** Queues messages; to contacts whose window is open, unless `heard` is false. */
  const say = async (said: readonly Said[], options: { heard?: boolean } = {}): Promise<MessageRef[]> => {
    for (const each of said) {
      if (options.heard !== false) await hear(contactOf(each), 60, each.number);
      await enqueue(redis.client, 0, each.number ?? numberOf(), [messageOf(each)]);
    }
    return said.map(refOf);
  };
  const sayOne = async (said: Partial<Said> = {}, options: { heard?: boolean } = {}): Promise<MessageRef> => {
    const whole = { name: 'm', ...said };
    await say([whole], options);
    return refOf(whole);
  };
  return { hear, say, sayOne };
}

function sending(redis: TestClients) {
  return {
    claim: (ref: MessageRef, options: Partial<ClaimOptions> = {}): Promise<Claim> =>
      claim(redis.client, ref, { leaseMs: 15_000, handMs: 200, ...options }),
    finish: (
      ref: MessageRef,
      attempt: number,
      outcome: AttemptOutcome,
      options: Partial<FinishOptions> = {},
    ): Promise<Finished> => {
      const defaults = { maxTries: 5, credentialMark: 'mark', spread: 1 };
      return finish(redis.client, ref, attempt, { ...defaults, ...options, outcome });
    },
    wake: (number = numberOf(), mark = '') => wakeNumber(redis.client, 0, number, mark),
  };
}

function reading(redis: TestClients) {
  const contentOf = async (name: string): Promise<unknown> => {
    const { client } = redis;
    const type = await client.type(name);
    if (type === 'hash') return Object.entries(await client.hgetall(name)).sort();
    if (type === 'zset') return client.zrange(name, '0', '-1', 'WITHSCORES');
    if (type === 'list') return client.lrange(name, 0, -1);
    return type === 'stream' ? client.xrange(name, '-', '+') : client.get(name);
  };
  return {
    record: (ref: MessageRef): Promise<Record<string, string>> => redis.client.hgetall(keys.message(ref.mid)),
    /** Every key that begins so, with its content: what a refusal must leave alone. */
    dump: async (...prefixes: string[]): Promise<Record<string, string>> => {
      const names = (await redis.client.keys('*')).sort();
      const wanted = names.filter((name) => prefixes.some((prefix) => name.startsWith(`{s0}:${prefix}`)));
      const contents = await Promise.all(wanted.map(contentOf));
      return Object.fromEntries(wanted.map((name, index) => [name, JSON.stringify(contents[index])]));
    },
  };
}
