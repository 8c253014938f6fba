import { ConversationId, EventId, hash, type InboundEvent, NumberId, type Sender, readAs } from '@alur/types';
import type { RedisClient } from './connection.ts';
import { parseContact, type StoredContact } from './conversation.ts';
import { nameConversation } from './enqueue.ts';
import type { Intake } from './intake.ts';
import { aliasesOf, shardKeys, taggedKey } from './keys.ts';
import { parseMoved } from './names/moved-ids.ts';
import { scheduleKey, type ScheduleRef } from './schedules.ts';
import { loadScript } from './script.ts';

/** How many of an audience are fed before the cursor moves. */
const PART = 100;

type ScheduleEvent = Extract<InboundEvent, { kind: 'schedule' }>;

/** One contact of an audience. */
export interface AudienceMember {
  /** The event's id: the same whoever feeds, so each contact hears of an occurrence once. */
  evt: EventId;
  cid: ConversationId;
  number: NumberId;
  from: Sender;
}

export interface Feed {
  client: RedisClient;
  shard: number;
  intake: Intake;
  schedule: ScheduleRef;
  /** Unix seconds. */
  occurrence: number;
  /** About how many contacts to feed in this call. */
  limit: number;
  /** What the contact's conversation gets, with `evt`; undefined for one that the schedule is not for (a number that is gone). */
  toEvent: (member: AudienceMember) => ScheduleEvent | undefined;
}

/** `fed`: contacts that got their event now. `gone`: index entries of forgotten conversations. `over`: there is nothing left to feed. */
export interface Fed {
  fed: number;
  gone: number;
  over: boolean;
}

/** A part of an audience, in order. */
interface AudiencePart {
  /** Where the part begins; where the next one begins, '' at the end of the audience. */
  cursor: string;
  after: string;
  members: Member[];
}

/** `contact`: undefined for one that the tag is not on (any more), or of which nothing is known. */
interface Member {
  name: string;
  cid: ConversationId;
  number: NumberId;
  contact: StoredContact | undefined;
}

const moveScript = loadScript('move-cursor');
const trimScript = loadScript('trim-audience');

/**
 * Gives each contact who has the schedule's tag an event of this occurrence, from where the cursor stands. Any number of runners
 * may feed at once, and one may stop anywhere: a part that was given and not noted is given again, and each event is known.
 * Returns early where another runner was faster: that one goes on.
 */
export async function feedSchedule(feed: Feed): Promise<Fed> {
  const total: Fed = { fed: 0, gone: 0, over: false };
  for (let asked = 0; asked < feed.limit && !total.over; asked += PART) {
    const part = await readAudience(feed, Math.min(PART, feed.limit - asked));
    if (part === undefined) return { ...total, over: true };
    total.gone += await trimAudience(feed, part);
    total.fed += await givePart(feed, part);
    if (!(await moveCursor(feed, part))) return total;
    total.over = part.after === '';
  }
  return total;
}

/** The next part of the audience; undefined when the occurrence does not run (any more). */
export async function readAudience(feed: Feed, count: number): Promise<AudiencePart | undefined> {
  const { client, schedule } = feed;
  const keys = shardKeys(feed.shard);
  const [running, cursor] = await client.hmget(scheduleKey(keys, schedule), 'running', 'cursor');
  if (running !== String(feed.occurrence)) return undefined;
  const from = cursor ? `(${cursor}` : '-';
  const index = taggedKey(keys, schedule.tenant, schedule.team, schedule.tag);
  const names = await client.zrangebylex(index, from, '+', 'LIMIT', 0, count);
  const members = names.map(async (name): Promise<Member[]> => {
    const cid = readAs(ConversationId, name.slice(0, 32));
    const number = readAs(NumberId, name.slice(32));
    if (!cid.success || !number.success) return [];
    const [json, moved] = await client.hmget(keys.conversation(cid.data), 'contact', 'moved');
    const contact = readContact(json ?? null, moved ?? '');
    // One that cannot be read is passed over: the others must not wait for it.
    if (contact === 'unreadable') return [];
    const known = contact?.tags.includes(schedule.tag) === true ? contact : undefined;
    return [{ name, cid: cid.data, number: number.data, contact: known }];
  });
  const after = names.length < count ? '' : (names.at(-1) ?? '');
  return { cursor: cursor ?? '', after, members: (await Promise.all(members)).flat() };
}

function readContact(json: string | null, moved: string): StoredContact | 'unreadable' | undefined {
  try {
    return json === null ? undefined : parseContact(json, parseMoved(moved));
  } catch {
    return 'unreadable';
  }
}

/** Takes out of the index what is not the audience's any more; returns how many. */
export async function trimAudience(
  { client, shard, schedule }: Feed,
  { members }: AudiencePart,
): Promise<number> {
  const gone = members.filter(({ contact }) => contact === undefined);
  if (gone.length === 0) return 0;
  const keys = shardKeys(shard);
  const index = taggedKey(keys, schedule.tenant, schedule.team, schedule.tag);
  const keyList = [index, ...gone.map(({ cid }) => keys.conversation(cid))];
  return Number(await trimScript.run(client, keyList, [schedule.tag, ...gone.map(({ name }) => name)]));
}

/** Brings the events of a part into the inboxes; returns how many are new. */
export async function givePart(feed: Feed, { members }: AudiencePart): Promise<number> {
  const events = await Promise.all(members.map((member) => eventOf(feed, member)));
  const outcomes = await feed.intake.accept(events.flatMap((event) => event ?? []));
  return outcomes.filter((outcome) => outcome === 'new').length;
}

async function eventOf(
  feed: Feed,
  { cid, number, contact }: AudiencePart['members'][number],
): Promise<ScheduleEvent | undefined> {
  if (contact === undefined) return undefined;
  const { waId, userId, name } = contact;
  const from = {
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
  };
  const evt = EventId.parse(hash('schedule', cid, feed.schedule.id, feed.occurrence));
  const event = feed.toEvent({ evt, cid, number, from });
  const aliases = aliasesOf(number, from).map(shardKeys(feed.shard).alias);
  if (event === undefined || aliases.length === 0) return undefined;
  // A contact who has a newer conversation is in the audience by that one, or not at all.
  const owner = await nameConversation(feed.client, aliases, cid);
  return owner === cid ? { ...event, evt } : undefined;
}

/** Notes that a part has its events; false when another runner was faster. */
export async function moveCursor(feed: Feed, { cursor, after }: AudiencePart): Promise<boolean> {
  const key = scheduleKey(shardKeys(feed.shard), feed.schedule);
  return (await moveScript.run(feed.client, [key], [feed.occurrence, cursor, after])) === 1;
}
