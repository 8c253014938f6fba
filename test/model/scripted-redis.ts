import { createHash } from 'node:crypto';
import type { RedisClient } from '@alur/store';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { canonical, spelledOut, type Contents } from './contents.ts';
import { RuleBroken } from './model.ts';
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

// Fills Redis, runs the script as the store would send it, but for its clock, and tells what Redis holds then. The script's
// `redis.call` notes keys that were not named to it, and numbers the entries of streams, whose ids would else tell the real time.
const AROUND = {
  before: `
local real, strays, is_named = redis, {}, {}
local clock, contents = tonumber(table.remove(ARGV)), cjson.decode(table.remove(ARGV))
for _, key in ipairs(KEYS) do is_named[key] = true end
real.call('FLUSHDB')
for key, fields in pairs(contents.hashes) do
  local flat = {}
  for field, value in pairs(fields) do flat[#flat + 1] = field flat[#flat + 1] = value end
  real.call('HSET', key, unpack(flat))
end
for key, items in pairs(contents.lists) do real.call('RPUSH', key, unpack(items)) end
for key, members in pairs(contents.sets) do
  for member, score in pairs(members) do real.call('ZADD', key, score, member) end
end
for key, value in pairs(contents.strings) do real.call('SET', key, value) end
for key, stream in pairs(contents.streams or {}) do
  local ids = {}
  for id in pairs(stream.entries) do ids[#ids + 1] = id end
  table.sort(ids, function(a, b) return tonumber((a:gsub('-0', ''))) < tonumber((b:gsub('-0', ''))) end)
  real.call('XADD', key, '0-1', 'made', '')
  real.call('XDEL', key, '0-1')
  for _, id in ipairs(ids) do real.call('XADD', key, id, unpack(stream.entries[id])) end
  real.call('XSETID', key, stream.last)
end
for key in pairs(contents.expiring) do real.call('EXPIRE', key, 1000000) end
local function last_id(key)
  if real.call('EXISTS', key) == 0 then return '0-0' end
  local info = real.call('XINFO', 'STREAM', key)
  for i = 1, #info, 2 do if info[i] == 'last-generated-id' then return info[i + 1] end end
end
local has_many_keys = { MGET = true, EXISTS = true, DEL = true, UNLINK = true }
local redis = { call = function(command, ...)
  local args = { ... }
  for i = 1, has_many_keys[command] and #args or 1 do
    if not is_named[args[i]] then strays[#strays + 1] = command .. ' ' .. tostring(args[i]) end
  end
  if command ~= 'XADD' then return real.call(command, ...) end
  for i = 2, #args do
    if args[i] == '*' then
      args[i] = (tonumber((last_id(args[1]):gsub('-0', ''))) + 1) .. '-0'
      break
    end
  end
  return real.call(command, unpack(args))
end }
local function script()
`,
  after: `
end
local answer = script()
local held = { hashes = {}, lists = {}, sets = {}, strings = {}, streams = {}, expiring = {} }
local function paired(flat)
  local pairs_of = {}
  for i = 1, #flat, 2 do pairs_of[flat[i]] = flat[i + 1] end
  return pairs_of
end
for _, key in ipairs(real.call('KEYS', '*')) do
  local kind = real.call('TYPE', key).ok
  if kind == 'hash' then held.hashes[key] = paired(real.call('HGETALL', key))
  elseif kind == 'list' then held.lists[key] = real.call('LRANGE', key, 0, -1)
  elseif kind == 'string' then held.strings[key] = real.call('GET', key)
  elseif kind == 'zset' then held.sets[key] = paired(real.call('ZRANGE', key, 0, -1, 'WITHSCORES'))
  elseif kind == 'stream' then
    local entries = {}
    for _, entry in ipairs(real.call('XRANGE', key, '-', '+')) do entries[entry[1]] = entry[2] end
    held.streams[key] = { last = last_id(key), entries = entries }
  else error('the model keeps no ' .. kind .. ': ' .. key) end
  if real.call('PTTL', key) >= 0 then held.expiring[key] = true end
end
return { answer, cjson.encode(held), strays }
`,
};

const Answer = z.tuple([z.unknown(), z.string(), z.array(z.string())]);

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
        // A first call may ask only, such as `accept` for the conversation of a contact.
        if (after.some((held) => held !== contents)) throw new Error('one step of the model is one script');
        const sha = await loadOnce(text);
        const reply = await redis.evalsha(sha, count, ...rest, spelledOut(contents), now);
        const [answer, held, strays] = Answer.parse(reply);
        if (strays.length > 0) throw new RuleBroken(`keys that were not named: ${strays.join(', ')}`);
        after.push(keep(readHeld(held)));
        return answer;
      };
      const answer = await atTime(now, () => call(clientWith(redis, evaluate)));
      const held = after.at(-1);
      if (held === undefined) throw new Error('a step of the model calls a script');
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
    ...(Object.keys({ ...held.streams }).length > 0 && { streams: { ...held.streams } }),
    expiring: { ...held.expiring },
  };
}
