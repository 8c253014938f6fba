import type { NumberId } from '@alur/types';
import { contactInBroadcasts, type ContactInBroadcast } from '../broadcasts/contact-places.ts';
import type { RedisClient } from '../connection.ts';
import { isAbout, readEmitted } from '../emitted.ts';
import { splitItem } from '../inbox-item.ts';
import { shardKeys } from '../keys.ts';
import { type ContactIds, ownerNow, readNames } from '../names/names.ts';
import { readUndelivered } from '../undelivered.ts';
import { contactMessages, type ContactMessage } from './contact-messages.ts';
import { asideNaming } from './erase-texts.ts';
import { findContact, type FoundContact } from './find-contact.ts';
import { namesContact } from './names-contact.ts';
import { readWishes } from './read-wishes.ts';

/** What is kept of a contact, a part at a time; `kind` says what a part is. */
export interface ExportedPart {
  kind:
    | 'contact'
    | 'wishes'
    | 'conversation'
    | 'waiting_event'
    | 'message'
    | 'broadcast_recipient'
    | 'emitted'
    | 'undelivered'
    | 'set_aside';
  [field: string]: unknown;
}

/** Whose contact is exported. Of other teams' conversations nothing is told where `teams` leaves them out. */
export interface Export {
  shard: number;
  tenant: string;
  numbers: readonly { id: NumberId; team: string }[];
  teams: readonly string[];
  ids: ContactIds;
}

/** All that is kept of a contact. Changes nothing. Looks at every key of the shard. */
export async function* exportContact(client: RedisClient, asked: Export): AsyncGenerator<ExportedPart> {
  const { shard, tenant } = asked;
  const own = asked.numbers.filter(({ team }) => asked.teams.includes(team));
  const found = await findContact(client, { shard, tenant, numbers: own.map(({ id }) => id) }, asked.ids);
  const isOwn = (team: string | undefined) => team !== undefined && asked.teams.includes(team);
  yield { kind: 'contact', ids: withoutRepeats(found.ids) };
  yield { kind: 'wishes', ...(await readWishes(client, { shard, tenant }, found.hashes)) };
  yield* conversations(client, asked, found);
  for await (const message of contactMessages(client, shard, tenant, found)) {
    if (isOwn(message.data.team)) yield messagePart(message);
  }
  for await (const place of contactInBroadcasts(client, asked, found.hashes)) yield recipientPart(place);
  const about = { cids: new Set<string>(found.cids), contacts: new Set(found.hashes) };
  for await (const event of allEmitted(client, shard)) {
    if (event.tenant === tenant && isOwn(event.team) && isAbout(event, about))
      yield { kind: 'emitted', ...event };
  }
  for await (const { event, ...rest } of readUndelivered(client, shard)) {
    const isTheirs = event.tenant === tenant && isOwn(event.team) && isAbout(event, about);
    if (isTheirs) yield { kind: 'undelivered', ...rest, event };
  }
  for await (const { fields } of asideNaming(client, asked, namesContact(found.ids))) {
    if (isOwn(fields['team'] ?? teamIn(fields['raw'] ?? ''))) yield { kind: 'set_aside', ...fields };
  }
}

/** Where each conversation stands, and what waits in it. */
async function* conversations(
  client: RedisClient,
  { shard, numbers, teams }: Export,
  found: FoundContact,
): AsyncGenerator<ExportedPart> {
  const keys = shardKeys(shard);
  const isWhole = numbers.every(({ team }) => teams.includes(team));
  const at = await numbersOf(client, shard, { numbers, found });
  for (const cid of found.cids) {
    const number = at.get(cid);
    // One that has become part of another, which has the names.
    const isOwn = number === undefined ? isWhole : teams.includes(number.team);
    if (!isOwn) continue;
    const fields = await client.hgetall(keys.conversation(cid));
    const trace = await client.lrange(keys.trace(cid), 0, -1);
    yield {
      kind: 'conversation',
      cid,
      ...(number && { team: number.team, phone_number_id: number.id }),
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, readable(value)])),
      trace: trace.map(readable),
    };
    for (const item of await client.lrange(keys.inbox(cid), 0, -1)) {
      yield { kind: 'waiting_event', cid, event: readable(splitItem(item).json) };
    }
  }
}

async function numbersOf(
  client: RedisClient,
  shard: number,
  { numbers, found }: { numbers: Export['numbers']; found: FoundContact },
): Promise<Map<string, Export['numbers'][number]>> {
  const at = new Map<string, Export['numbers'][number]>();
  for (const number of numbers) {
    for (const ids of found.ids) {
      const names = await readNames(client, { shard, number: number.id }, ids);
      const owners = [names.user_id, names.wa_id].map((name) => name && ownerNow(name)?.cid);
      for (const cid of owners) if (cid !== undefined) at.set(cid, number);
    }
  }
  return at;
}

function messagePart({ data, fields }: ContactMessage): ExportedPart {
  const { kind: type, ...own } = data;
  const more = Object.entries(fields).filter(([name]) => name !== 'data' && name !== 'facts');
  const texts = more.map(([name, value]): [string, unknown] => [name, readable(value)]);
  return { ...own, type, ...Object.fromEntries(texts), kind: 'message' };
}

function recipientPart({
  ref,
  name,
  index,
  mid,
  recipient,
  values,
  ...outcome
}: ContactInBroadcast): ExportedPart {
  const { waId, userId } = recipient ?? {};
  return {
    kind: 'broadcast_recipient',
    broadcast: ref.bid,
    name,
    team: ref.team,
    place: index + 1,
    mid,
    ids: { waId, userId },
    values,
    ...outcome,
  };
}

const PAGE = 500;

async function* allEmitted(client: RedisClient, shard: number) {
  for (let after = ''; ;) {
    const page = await readEmitted(client, shard, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.entry;
  }
}

/** Stored JSON as what it says; other text as it is. */
function readable(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function teamIn(raw: string): string | undefined {
  return /"team":"([a-z0-9-]+)"/.exec(raw)?.[1];
}

function withoutRepeats(ids: readonly ContactIds[]): ContactIds[] {
  return [...new Map(ids.map((each) => [JSON.stringify([each.waId, each.userId]), each])).values()];
}
