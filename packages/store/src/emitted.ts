import { ConversationId, Json, NumberId, type OwnEventType, Slug } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { contactHashes, shardKeys } from './keys.ts';

/** About so many emitted events are kept in a shard; the oldest go. */
export const EMITTED_MAX = 100_000;

/** Types of events for scripts: a space around each. */
export function typesOf(wanted: ReadonlySet<OwnEventType> = new Set()): string {
  return ` ${[...wanted].join(' ')} `;
}

/** Something for a team's subscribers that no turn decided. */
export interface NewOutside {
  /** A hash of its causes: the same when it is emitted again, and what receivers know a repeat by. */
  id: string;
  tenant: string;
  team: string;
  type: string;
  /** Unix seconds. */
  at: number;
  payload: Json;
  /** Of the conversation that it is about, if it is about one. */
  number?: NumberId | undefined;
  cid?: ConversationId | undefined;
  /** Where no conversation tells who it is about. */
  contact?: { waId?: string | undefined; userId?: string | undefined } | undefined;
}

/** What is there for subscribers. */
const Emitted = z.object({
  /** Its place in the stream: what to read on from. */
  entry: z.string(),
  /** The same when the turn is repeated; a turn is committed once, so it is there once. */
  id: z.string(),
  tenant: Slug,
  team: Slug,
  /** Both are missing in what is about no conversation. */
  number: NumberId.optional(),
  cid: ConversationId.optional(),
  type: z.string(),
  /** Unix seconds of the event that caused it. */
  at: z.coerce.number(),
  payload: Json,
  contact: z.object({ waId: z.string().optional(), userId: z.string().optional() }).optional(),
  /** The only subscriber that is to hear it: it has been kept for it, and is delivered once more. */
  only: z.string().optional(),
});
export type Emitted = z.infer<typeof Emitted>;

/**
 * Tells subscribers of what no turn decided, in one round trip. Whoever calls asks first whether somebody wants it (`wantedTypes` of
 * `@alur/types`). A repeat is told again, by the same ids.
 */
export async function emit(client: RedisClient, shard: number, events: readonly NewOutside[]): Promise<void> {
  if (events.length === 0) return;
  const { emitted } = shardKeys(shard);
  const calls = client.pipeline();
  for (const event of events) calls.xadd(emitted, 'MAXLEN', '~', EMITTED_MAX, '*', ...fieldsOf(event));
  const results = (await calls.exec()) ?? [];
  for (const [error] of results) if (error) throw error;
}

/** The fields of an entry, names and values in turn. */
export function fieldsOf({
  id,
  tenant,
  team,
  number,
  cid,
  type,
  at,
  payload,
  contact,
}: NewOutside): string[] {
  return [
    ...['id', id, 'tenant', tenant, 'team', team],
    ...(number === undefined ? [] : ['number', number]),
    ...(cid === undefined ? [] : ['cid', cid]),
    ...['type', type, 'at', String(at), 'payload', JSON.stringify(payload)],
    ...(contact === undefined ? [] : ['contact', JSON.stringify(contact)]),
  ];
}

/** Reads at most `count` emitted events of a shard after the entry `after`; '' reads from the oldest that is kept. */
export async function readEmitted(
  client: RedisClient,
  shard: number,
  after: string,
  count: number,
): Promise<Emitted[]> {
  const from = after === '' ? '-' : `(${after}`;
  const rows = await client.xrange(shardKeys(shard).emitted, from, '+', 'COUNT', count);
  return rows.map(([entry, flat]) => parseEmitted(entry, flat));
}

const ERASE_PAGE = 500;

/**
 * Takes what is about these conversations out of the stream, and what is about these contacts (`contactHashes`) where no conversation
 * names them. Subscribers that have not been told of it pass it over; one whose
 * cursor has fallen out of the stream counts it as missed. Returns how many there were.
 */
export async function eraseEmitted(
  client: RedisClient,
  shard: number,
  cids: readonly string[],
  contacts: readonly string[] = [],
): Promise<number> {
  const about = { cids: new Set(cids), contacts: new Set(contacts) };
  let [after, found] = ['', 0];
  for (;;) {
    const page = await readEmitted(client, shard, after, ERASE_PAGE);
    const entries = page.filter((event) => isAbout(event, about)).map(({ entry }) => entry);
    if (entries.length > 0) found += await client.xdel(shardKeys(shard).emitted, ...entries);
    const last = page.at(-1);
    if (last === undefined || page.length < ERASE_PAGE) return found;
    after = last.entry;
  }
}

/** Whether an event is about one of the conversations, or of the contacts by their hashes. */
export function isAbout(
  { tenant, cid, contact }: Emitted,
  { cids, contacts }: { cids: ReadonlySet<string>; contacts: ReadonlySet<string> },
): boolean {
  if (cid !== undefined) return cids.has(cid);
  return contact !== undefined && contactHashes(tenant, contact).some((hash) => contacts.has(hash));
}

/** An entry of the stream, with its fields: names and values in turn. */
export function parseEmitted(entry: string, flat: readonly string[]): Emitted {
  const fields: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) fields[flat[index] ?? ''] = flat[index + 1] ?? '';
  const { payload, contact, ...plain } = fields;
  const parsed: unknown = JSON.parse(payload ?? 'null');
  const named: unknown = contact === undefined ? undefined : JSON.parse(contact);
  return Emitted.parse({
    ...plain,
    entry,
    payload: parsed,
    ...(contact !== undefined && { contact: named }),
  });
}
