import { createHash } from 'node:crypto';
import type { RedisClient } from '@alur/store';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { canonical, spelledOut, type Contents } from './contents.ts';
import { NOW } from './scenario.ts';
import type { ScriptChange } from './script-text.ts';

/** What a call of the store came to: its answer, and what Redis holds then. */
interface Ran<T> {
  answer: T;
  contents: string;
}

/** Runs calls of the store's own functions on given contents, each by itself, by a clock that is given too. */
export interface ScriptedRedis {
  run<T>(contents: string, call: (client: RedisClient) => Promise<T>, now?: number): Promise<Ran<T>>;
}

// Fills Redis, runs the script as the store would send it, but for its clock, and tells what Redis holds then.
const AROUND = {
  before: `
local clock, contents = tonumber(table.remove(ARGV)), cjson.decode(table.remove(ARGV))
redis.call('FLUSHDB')
for key, fields in pairs(contents.hashes) do
  local flat = {}
  for field, value in pairs(fields) do flat[#flat + 1] = field flat[#flat + 1] = value end
  redis.call('HSET', key, unpack(flat))
end
for key, items in pairs(contents.lists) do redis.call('RPUSH', key, unpack(items)) end
for key, members in pairs(contents.sets) do
  for member, score in pairs(members) do redis.call('ZADD', key, score, member) end
end
for key, value in pairs(contents.strings) do redis.call('SET', key, value) end
for key in pairs(contents.expiring) do redis.call('EXPIRE', key, 1000000) end
local function script()
`,
  after: `
end
local answer = script()
local held = { hashes = {}, lists = {}, sets = {}, strings = {}, expiring = {} }
local function paired(flat)
  local pairs_of = {}
  for i = 1, #flat, 2 do pairs_of[flat[i]] = flat[i + 1] end
  return pairs_of
end
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  if kind == 'hash' then held.hashes[key] = paired(redis.call('HGETALL', key))
  elseif kind == 'list' then held.lists[key] = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'string' then held.strings[key] = redis.call('GET', key)
  elseif kind == 'zset' then held.sets[key] = paired(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'))
  else error('the model keeps no ' .. kind .. ': ' .. key) end
  if redis.call('PTTL', key) >= 0 then held.expiring[key] = true end
end
return { answer, cjson.encode(held) }
`,
};

const Answer = z.tuple([z.unknown(), z.string()]);

/** `keep` makes the text that contents are kept as. */
export function createScriptedRedis(
  redis: Redis,
  change: ScriptChange,
  keep: (contents: Contents) => string = canonical,
): ScriptedRedis {
  const known = new Map<string, Promise<string>>();
  const loadOnce = (text: string) => {
    const loaded = known.get(text) ?? load(redis, `${AROUND.before}${change(text)}${AROUND.after}`);
    known.set(text, loaded);
    return loaded;
  };
  return {
    run: async (contents, call, now = NOW) => {
      const after: string[] = [];
      const evaluate = async (text: string, count: number, ...rest: (string | number | Buffer)[]) => {
        const sha = await loadOnce(text);
        const reply = await redis.evalsha(sha, count, ...rest, spelledOut(contents), now);
        const [answer, held] = Answer.parse(reply);
        after.push(keep(readHeld(held)));
        return answer;
      };
      const answer = await atTime(now, () => call(clientWith(redis, evaluate)));
      const [held] = after;
      if (held === undefined || after.length > 1) throw new Error('one step of the model is one script');
      return { answer, contents: held };
    },
  };
}

// The day is part of some keys, and a call makes its keys before it waits for anything.
function atTime<T>(now: number, call: () => T): T {
  const real = Date.now;
  Date.now = () => now;
  try {
    return call();
  } finally {
    Date.now = real;
  }
}

/** A client that has every script sent as text, and hands it to `evaluate`. */
function clientWith(redis: Redis, evaluate: unknown): RedisClient {
  return new Proxy(redis, {
    get: (_target, name) => {
      if (name === 'evalsha') return () => Promise.reject(new Error('NOSCRIPT'));
      if (name === 'eval') return evaluate;
      throw new Error(`a step of the model may call scripts only, not ${String(name)}`);
    },
  });
}

async function load(redis: Redis, text: string): Promise<string> {
  await redis.script('LOAD', text);
  return createHash('sha1').update(text).digest('hex');
}

// An empty table is an empty list to cjson.
function readHeld(text: string): Contents {
  const held: Contents = JSON.parse(text);
  return {
    hashes: { ...held.hashes },
    lists: { ...held.lists },
    sets: { ...held.sets },
    strings: { ...held.strings },
    expiring: { ...held.expiring },
  };
}
