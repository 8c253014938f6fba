import type { RedisClient } from './connection.ts';
import { flightKeys, ledgerKey, shardKeys, wabaOf, type Keys } from './keys.ts';
import { TIER_DAY_MS } from './message-ref.ts';
import { loadScript } from './script.ts';
import { tierLimit, type SendingNumber } from './sending-number.ts';

// What Meta says of a number at run time. Plain writes: each is idempotent, and the last word stays.

/** Limits as Meta reported them; they hold until the operator configures other ones. */
export interface LearntLimits {
  /** Messages a second. */
  throughput?: number;
  /** Contacts in 24 hours; -1 is none. */
  tierLimit?: number;
  quality?: string;
}

const FOREVER = 9e15;

export async function learnLimits(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  learnt: LearntLimits,
): Promise<void> {
  const fields: Record<string, string | number> = {};
  if (learnt.throughput !== undefined) {
    fields['throughput'] = learnt.throughput;
    fields['throughput_over'] = number.throughput;
  }
  if (learnt.tierLimit !== undefined) {
    fields['tier_limit'] = learnt.tierLimit;
    fields['tier_over'] = tierLimit(number);
  }
  if (learnt.quality !== undefined) fields['quality'] = learnt.quality;
  await client.hset(shardKeys(shard).number(number.id), fields);
  await askToWake(client, shard, number);
}

/** Keeps the display number of a number, since some news names nothing else. Digits only. */
export async function learnDisplayNumber(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  display: string,
): Promise<void> {
  await client.hset(shardKeys(shard).number(number.id), 'display', display);
}

export async function readDisplayNumber(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
): Promise<string | undefined> {
  return (await client.hget(shardKeys(shard).number(number.id), 'display')) ?? undefined;
}

export interface Pause {
  /** The whole WABA, or only its templates to contacts whose window is closed. */
  of: 'number' | 'waba' | 'templates';
  /** Unix ms; undefined: until it is lifted. */
  untilMs?: number | undefined;
  /** Graph code, or who asked for it. */
  code: string;
}

const pauseScript = loadScript('pause');

/** Holds everything that the pause is about; messages are kept. A longer pause that holds already stays. */
export async function pauseNumber(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  pause: Pause,
): Promise<void> {
  const keys = shardKeys(shard);
  const until = pause.untilMs ?? FOREVER;
  const key = pause.of === 'number' ? keys.number(number.id) : keys.waba(wabaOf(number));
  const field = pause.of === 'templates' ? 'templates' : 'paused';
  const ends = until < FOREVER ? '1' : '';
  await pauseScript.run(client, [key, keys.wakes], [field, until, pause.code, number.id, ends]);
}

/** Ends the pauses of a WABA and of its templates; a number's own stay. */
export async function resumeWaba(client: RedisClient, shard: number, number: SendingNumber): Promise<void> {
  const waba = shardKeys(shard).waba(wabaOf(number));
  await client.hdel(waba, 'paused_until', 'paused_code', 'templates_until', 'templates_code');
  await askToWake(client, shard, number);
}

/** Ends every pause of the number and of its WABA. */
export async function resumeNumber(client: RedisClient, shard: number, number: SendingNumber): Promise<void> {
  const keys = shardKeys(shard);
  await client.hdel(keys.number(number.id), 'paused_until', 'paused_code', 'paused_mark');
  await resumeWaba(client, shard, number);
}

/** What Meta said of a template: until when it may not be sent (`FOREVER` without an end), or that it may. */
export async function learnTemplate(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  template: { name: string; language?: string | undefined; blocked: boolean; untilMs?: number | undefined },
): Promise<void> {
  const key = shardKeys(shard).templates(wabaOf(number));
  const { name, language, blocked, untilMs = FOREVER } = template;
  const field = language === undefined ? name : `${name}:${language.replace('-', '_')}`;
  if (blocked) await client.hset(key, field, untilMs);
  else await client.hdel(key, field, name);
}

/** What Meta has a template as from now on, whatever was pulled of it before. `category` in Meta's word, such as UTILITY. */
export async function learnTemplateCategory(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  { name, category }: { name: string; category: string },
): Promise<void> {
  // No template's name has a slash in it: the field is nobody else's.
  await client.hset(shardKeys(shard).templates(wabaOf(number)), `category/${name}`, category);
}

/** Asks the senders to look at the number soon. */
async function askToWake(client: RedisClient, shard: number, number: SendingNumber): Promise<void> {
  // Long ago by any clock.
  await client.zadd(shardKeys(shard).wakes, 'LT', 0, number.id);
}

export interface NumberState {
  /** Limits that hold now, learnt or configured. `tierLimit` -1 is none. */
  throughput: number;
  tierLimit: number;
  learnt: boolean;
  quality: string | undefined;
  /** Contacts (or messages, as the tier counts) of the last 24 hours. */
  tierUsed: number;
  /** Unix ms when the tier has room again; undefined: now. */
  tierRoomAtMs: number | undefined;
  waiting: { reply: number; notification: number; broadcast: number; later: number; tier: number };
  onTheWay: number;
  /** Unix ms; Infinity: until it is lifted. */
  pausedUntilMs: number | undefined;
  pausedCode: string | undefined;
  templatesPausedUntilMs: number | undefined;
}

/** The limit of a number's tier (-1: none), configured or learnt, and how much of it the last 24 hours have used. */
export async function readNumberLimits(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
): Promise<Pick<NumberState, 'tierLimit' | 'tierUsed'>> {
  const keys = shardKeys(shard);
  const [learnt, over] = await client.hmget(keys.number(number.id), 'tier_limit', 'tier_over');
  const { tierLimit: limit } = limitsOf(number, { tier_limit: learnt ?? '', tier_over: over ?? '' });
  return { tierLimit: limit, tierUsed: limit < 0 ? 0 : await countTierUse(client, keys, number) };
}

function countTierUse(client: RedisClient, keys: Keys, number: SendingNumber): Promise<number> {
  return client.zcount(ledgerKey(keys, number), `(${Date.now() - TIER_DAY_MS}`, '+inf');
}

/** All that holds for a number now, read without changing anything. */
export async function readNumber(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
): Promise<NumberState> {
  const keys = shardKeys(shard);
  const ledger = ledgerKey(keys, number);
  const dayAgo = Date.now() - TIER_DAY_MS;
  const [, , admitted, attempting, reply, notification, broadcast, later, tier] = flightKeys(keys, number);
  const [own, waba, used, counts, lengths, held] = await Promise.all([
    client.hgetall(keys.number(number.id)),
    client.hgetall(keys.waba(wabaOf(number))),
    countTierUse(client, keys, number),
    Promise.all([admitted, attempting, later].map((key) => client.zcard(key ?? ''))),
    Promise.all([reply, notification, broadcast].map((key) => client.llen(key ?? ''))),
    client.llen(tier ?? ''),
  ]);
  const limits = limitsOf(number, own);
  const full = limits.tierLimit >= 0 && used >= limits.tierLimit;
  const pausedUntil = Math.max(Number(own['paused_until'] ?? 0), Number(waba['paused_until'] ?? 0));
  const byWaba = Number(waba['paused_until'] ?? 0) === pausedUntil;
  return {
    ...limits,
    quality: own['quality'],
    tierUsed: used,
    tierRoomAtMs: full ? await roomAt(client, ledger, { used, limit: limits.tierLimit, dayAgo }) : undefined,
    waiting: {
      reply: lengths[0] ?? 0,
      notification: lengths[1] ?? 0,
      broadcast: lengths[2] ?? 0,
      later: counts[2] ?? 0,
      tier: held,
    },
    onTheWay: (counts[0] ?? 0) + (counts[1] ?? 0),
    pausedUntilMs: future(pausedUntil),
    pausedCode: future(pausedUntil) === undefined ? undefined : (byWaba ? waba : own)['paused_code'],
    templatesPausedUntilMs: future(Number(waba['templates_until'] ?? 0)),
  };
}

function limitsOf(number: SendingNumber, own: Record<string, string>) {
  const throughputLearnt = own['throughput_over'] === String(number.throughput);
  const tierLearnt = own['tier_over'] === String(tierLimit(number));
  return {
    throughput: throughputLearnt ? Number(own['throughput']) : number.throughput,
    tierLimit: tierLearnt ? Number(own['tier_limit']) : tierLimit(number),
    learnt: throughputLearnt || tierLearnt,
  };
}

async function roomAt(
  client: RedisClient,
  ledger: string,
  { used, limit, dayAgo }: { used: number; limit: number; dayAgo: number },
): Promise<number> {
  const [, at] = await client.zrange(
    ledger,
    `(${dayAgo}`,
    '+inf',
    'BYSCORE',
    'LIMIT',
    Math.max(0, used - limit),
    1,
    'WITHSCORES',
  );
  return Number(at ?? dayAgo) + TIER_DAY_MS;
}

function future(atMs: number): number | undefined {
  if (atMs <= Date.now()) return undefined;
  return atMs >= FOREVER ? Infinity : atMs;
}
