import { afterAll, beforeAll } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../support/redis.ts';

/** One Redis for all tests of a file, with a connection that sends what a tick asks in one write. */
export function useRedis(): () => Redis {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { enableAutoPipelining: true });
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  return () => redis;
}
