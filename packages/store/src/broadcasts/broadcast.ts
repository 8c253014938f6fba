import { hash, JsonObject, NumberId, readAs, Slug } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { shardKeys, teamField, type Keys } from '../keys.ts';

// A broadcast is three things in Redis: what it says (a hash), to whom (a list), and what became of each (a string, one byte a
// recipient). There are no counters, so none can be wrong: whatever is counted is counted from the bytes.

export const BroadcastId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<'BroadcastId'>();
export type BroadcastId = z.infer<typeof BroadcastId>;

/** `stopped`: by itself, for a reason. `cancelled`: by somebody, for good. */
export const BroadcastState = z.enum([
  'draft',
  'scheduled',
  'running',
  'paused',
  'stopped',
  'cancelled',
  'done',
]);
export type BroadcastState = z.infer<typeof BroadcastState>;

/** Whose a broadcast is, and which. */
export interface BroadcastRef {
  shard: number;
  tenant: string;
  team: string;
  bid: BroadcastId;
}

/** What a broadcast says. `template` is the Graph API's object, with `{{column}}` in the texts of its components. */
export const BroadcastPlan = z.object({
  name: z.string(),
  number: NumberId,
  template: JsonObject,
  ttlS: z.number().optional(),
  /** What a recipient's values are called, in the order of its row. */
  columns: z.array(z.string()),
  /** How the file's headings call what is needed, where that is another name. */
  headings: z.record(z.string(), z.string()),
  /** Meta's word, as the template was pulled. */
  category: z.string().optional(),
  /** It stops when more than so many of a hundred fail. */
  stopAtFailedPercent: z.number().optional(),
});
export type BroadcastPlan = z.infer<typeof BroadcastPlan>;

const time = z.coerce.number().optional();
const Fields = z.object({
  mark: z.string(),
  plan: z.string(),
  state: BroadcastState,
  total: z.coerce.number(),
  fed: z.coerce.number(),
  reached: z.coerce.number().default(0),
  erased: z.coerce.number().default(0),
  created: z.coerce.number(),
  changed: time,
  began: time,
  started: time,
  ended: time,
  start_at: time,
  told: time,
  rate: time,
  reason: z.string().optional(),
  quality: z.string().optional(),
});

/** A broadcast as it stands. Times are Unix ms. */
export interface Broadcast extends BroadcastPlan {
  bid: BroadcastId;
  tenant: string;
  team: string;
  state: BroadcastState;
  /** Recipients. */
  total: number;
  /** All before this index have had their turn. */
  fed: number;
  /** How far it ever was fed: some before were taken back since, others were not. */
  reached: number;
  /** How often somebody was erased from its recipients. */
  erased: number;
  createdMs: number;
  /** When it came to its state. */
  changedMs: number;
  /** When it began to run last; the first time. */
  beganMs: number | undefined;
  startedMs: number | undefined;
  endedMs: number | undefined;
  /** When it shall start. */
  startAtMs: number | undefined;
  /** Of which change subscribers and the log were told last. */
  toldMs: number | undefined;
  /** Messages a second that were settled of late; undefined until that is known. */
  perSecond: number | undefined;
  /** Why it was stopped. */
  reason: string | undefined;
  /** The number's quality when it began to run. */
  quality: string | undefined;
}

/** The id of the broadcast that an idempotency key stands for. */
export function broadcastId(tenant: string, team: string, key: string): BroadcastId {
  return BroadcastId.parse(hash('broadcast', tenant, team, key));
}

/** The broadcast of this team; undefined when there is none, or when it is another team's. */
export async function readBroadcast(client: RedisClient, ref: BroadcastRef): Promise<Broadcast | undefined> {
  const fields = await client.hgetall(shardKeys(ref.shard).broadcast(ref.bid));
  return fields['mark'] === teamField(ref.tenant, ref.team) ? parseBroadcast(ref, fields) : undefined;
}

function parseBroadcast(
  { bid, tenant, team }: Omit<BroadcastRef, 'shard'>,
  hashed: Record<string, string>,
): Broadcast {
  const { plan, state, total, fed, reached, erased, ...seen } = Fields.parse(hashed);
  return {
    ...BroadcastPlan.parse(JSON.parse(plan)),
    bid,
    tenant,
    team,
    state,
    total,
    fed,
    reached,
    erased,
    createdMs: seen.created,
    changedMs: seen.changed ?? seen.created,
    beganMs: seen.began,
    startedMs: seen.started,
    endedMs: seen.ended,
    startAtMs: seen.start_at,
    toldMs: seen.told,
    perSecond: seen.rate,
    reason: seen.reason,
    quality: seen.quality,
  };
}

/** A team's broadcasts, the newest first, at most `count`; those of the tenant whose time is over leave the list. */
export async function listBroadcasts(
  client: RedisClient,
  shard: number,
  { tenant, team }: { tenant: string; team: string },
  count: number,
): Promise<Broadcast[]> {
  const found: Broadcast[] = [];
  for (const ref of await tenantsBroadcasts(client, shard, tenant)) {
    if (found.length >= count) break;
    if (ref.team !== team) continue;
    const broadcast = await readBroadcast(client, ref);
    if (broadcast) found.push(broadcast);
  }
  return found;
}

/** All broadcasts of a tenant, the newest first. */
export async function tenantsBroadcasts(
  client: RedisClient,
  shard: number,
  tenant: string,
): Promise<BroadcastRef[]> {
  const keys = shardKeys(shard);
  const names = await client.zrevrange(keys.broadcasts(tenant), 0, -1);
  const refs = await Promise.all(
    names.map(async (name): Promise<BroadcastRef[]> => {
      const ref = parseFeed(shard, `${tenant}/${name}`);
      if (ref && (await client.exists(keys.broadcast(ref.bid))) === 1) return [ref];
      await client.zrem(keys.broadcasts(tenant), name);
      return [];
    }),
  );
  return refs.flat();
}

/** Those of a shard that somebody has to look at by now, at most `count`. */
export async function dueBroadcasts(
  client: RedisClient,
  shard: number,
  nowMs: number,
  count: number,
): Promise<Broadcast[]> {
  const keys = shardKeys(shard);
  const names = await client.zrangebyscore(
    keys.feeds,
    '-inf',
    Number.isFinite(nowMs) ? nowMs : '+inf',
    'LIMIT',
    0,
    count,
  );
  const found = await Promise.all(
    names.map(async (name): Promise<Broadcast[]> => {
      const ref = parseFeed(shard, name);
      const broadcast = ref && (await readBroadcast(client, ref));
      if (broadcast) return [broadcast];
      await client.zrem(keys.feeds, name);
      return [];
    }),
  );
  return found.flat();
}

/** Looks at a broadcast again at `atMs`; never again without. */
export async function lookAgain(client: RedisClient, ref: BroadcastRef, atMs?: number): Promise<void> {
  const { feeds } = shardKeys(ref.shard);
  if (atMs === undefined) await client.zrem(feeds, feedOf(ref));
  else await client.zadd(feeds, 'XX', atMs, feedOf(ref));
}

/** How feeds name a broadcast. */
export function feedOf({ tenant, team, bid }: BroadcastRef): string {
  return `${tenant}/${team}/${bid}`;
}

function parseFeed(shard: number, name: string): BroadcastRef | undefined {
  const [tenant, team, bid] = name.split('/');
  const read = readAs(z.object({ tenant: Slug, team: Slug, bid: BroadcastId }), { tenant, team, bid });
  return read.success ? { shard, ...read.data } : undefined;
}

const NamedTemplate = z.object({ name: z.string(), language: z.object({ code: z.string() }) });

/** Which template a broadcast sends, as pauses name it. */
export function templateName({ template }: Pick<BroadcastPlan, 'template'>): {
  name: string;
  language: string;
} {
  const { name, language } = NamedTemplate.parse(template);
  return { name, language: language.code };
}

/** The keys of a broadcast, in the order that its scripts know. */
export function broadcastKeyList(keys: Keys, { bid }: { bid: BroadcastId }): string[] {
  return [
    keys.broadcast(bid),
    keys.recipients(bid),
    keys.outcomes(bid),
    keys.addressed(bid),
    keys.openRecipients(bid),
  ];
}
