import { readClusterState, readShardCount, type RedisVitals } from '@alur/store';
import type { CheckId } from '../check-list.ts';
import { fail, ok, skip, warn, type Check, type Verdict } from '../check.ts';
import type { RedisVisit } from '../redis-visit.ts';
import { clockVerdict } from './clock-verdict.ts';

/** Redis itself: whether it is there, and set up so that nothing gets lost. A cluster is as well as its worst master. `whole`: what everything that reads from it needs. */
export function redisChecks(redis: RedisVisit): { whole: Check[]; checks: Check[] } {
  const reachable: Check = {
    id: 'redis.reachable',
    about: '',
    run: async () => {
      const why = await redis.reach();
      if (why === undefined) return ok(redis.address);
      return fail(`${redis.address}: ${why}`, 'start it, or set --redis or REDIS_URL');
    },
  };
  const needs = [reachable];
  const ofEach = (id: keyof typeof JUDGES): Check => ({
    id,
    about: '',
    needs,
    run: async () => worst((await redis.vitals()).map((each) => named(JUDGES[id](each), each.node))),
  });
  const cluster: Check = { id: 'redis.cluster', about: '', needs, run: () => checkCluster(redis) };
  const whole = [reachable, cluster];
  return {
    whole,
    checks: [
      reachable,
      ofEach('redis.version'),
      { id: 'redis.shards', about: '', needs: whole, run: () => checkShards(redis) },
      ofEach('redis.eviction'),
      ofEach('redis.durability'),
      ofEach('redis.aof'),
      ofEach('redis.memory'),
      ofEach('redis.latency'),
      cluster,
      ofEach('clock.redis'),
    ],
  };
}

/** What is judged by what a master says of itself. */
export const JUDGES = {
  'redis.version': versionVerdict,
  'redis.eviction': evictionVerdict,
  'redis.durability': durabilityVerdict,
  'redis.aof': aofVerdict,
  'redis.memory': memoryVerdict,
  'redis.latency': latencyVerdict,
  'clock.redis': ({ skewMs }: RedisVitals) => clockVerdict(skewMs),
} satisfies Partial<Record<CheckId, (vitals: RedisVitals) => Verdict>>;

const RANK: Record<Verdict['status'], number> = { fail: 3, warn: 2, skip: 1, ok: 0 };

function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(
    (found, next) => (RANK[next.status] > RANK[found.status] ? next : found),
    verdicts[0] ?? skip('there is no master'),
  );
}

function named(verdict: Verdict, node: string): Verdict {
  return node === '' ? verdict : { ...verdict, found: `${node}: ${verdict.found}` };
}

const TESTED = 7;

function versionVerdict({ version }: RedisVitals): Verdict {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) return fail(`${version}; needed is 6.2`, 'install Redis 7');
  return major < TESTED ? warn(`${version}; tested is 7`, 'install Redis 7') : ok(version);
}

function evictionVerdict({ policy }: RedisVitals): Verdict {
  if (policy === 'noeviction') return ok(policy);
  return fail(
    `maxmemory-policy is ${policy}: messages would vanish`,
    'CONFIG SET maxmemory-policy noeviction, and put it into redis.conf',
  );
}

function durabilityVerdict({ appendOnly, appendFsync }: RedisVitals): Verdict {
  if (appendOnly === undefined || appendFsync === undefined)
    return skip(
      'this Redis does not tell its settings: ask whoever hosts it for AOF with appendfsync always',
    );
  const found = `appendonly ${appendOnly}, appendfsync ${appendFsync}`;
  const fix = 'CONFIG SET appendonly yes and appendfsync always, and put both into redis.conf';
  if (appendOnly !== 'yes') return warn(`${found}: a restart loses messages`, fix);
  return appendFsync === 'always' ? ok(found) : warn(`${found}: a power failure loses the last second`, fix);
}

function aofVerdict({ isAofWell }: RedisVitals): Verdict {
  if (isAofWell) return ok('the last write went well');
  return fail(
    'the last write of the append-only file failed',
    'make room on its disk, and see the log of Redis',
  );
}

const FULL_WARN = 0.6;
// Where ingress begins to answer 503.
const FULL_FAIL = 0.8;

function memoryVerdict({ usedBytes, maxBytes }: RedisVitals): Verdict {
  const used = `${Math.round(usedBytes / 1_048_576)} MB`;
  if (maxBytes === 0)
    return warn(
      `${used} used, without a limit: the system may end Redis when memory is short`,
      'set maxmemory in redis.conf',
    );
  const full = usedBytes / maxBytes;
  const found = `${Math.round(full * 100)} % of ${Math.round(maxBytes / 1_048_576)} MB`;
  if (full >= FULL_FAIL)
    return fail(`${found}: webhooks get 503`, 'raise maxmemory, and see what waits with `alur status`');
  return full >= FULL_WARN ? warn(found, 'raise maxmemory before it is full') : ok(found);
}

const LATENCY_WARN_MS = 20;
const LATENCY_FAIL_MS = 250;

function latencyVerdict({ latencyMs }: RedisVitals): Verdict {
  const found = `${latencyMs < 10 ? latencyMs.toFixed(1) : Math.round(latencyMs)} ms`;
  const fix = 'bring Redis into the same network; from a workstation far away this says little';
  if (latencyMs > LATENCY_FAIL_MS) return fail(found, fix);
  return latencyMs > LATENCY_WARN_MS ? warn(found, fix) : ok(found);
}

async function checkShards({ client, shardsWanted }: RedisVisit): Promise<Verdict> {
  const stored = await readShardCount(client);
  if (stored === undefined)
    return warn(
      'this Redis holds nothing of Alur: no service has started with it yet',
      'start the services, or check --redis and REDIS_URL',
    );
  if (shardsWanted === undefined || shardsWanted === stored) return ok(`${stored}`);
  return fail(
    `SHARDS is ${shardsWanted}, and this Redis holds ${stored}`,
    `set SHARDS=${stored}, or leave it out`,
  );
}

async function checkCluster({ client }: RedisVisit): Promise<Verdict> {
  const state = await readClusterState(client);
  if (state === undefined) return ok('a single Redis');
  if (state === 'ok') return ok('every slot has a master');
  return fail(`cluster_state is ${state}`, 'see `redis-cli --cluster check`');
}
