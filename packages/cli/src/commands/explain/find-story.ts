import { findNumber, type Bundle, type BusinessNumber } from '@alur/bundle';
import {
  findEvent,
  findInbound,
  findOutbound,
  readConversationLife,
  readEvent,
  readMessageLife,
  readNumber,
  shardOf,
  type ConversationLife,
  type EventLife,
  type MessageLife,
  type NumberState,
} from '@alur/store';
import { ConversationId, EventId, MessageId, type NumberId } from '@alur/types';
import { INBOUND_TYPES } from '@alur/whatsapp';
import { CliError } from '../../cli-error.ts';
import type { Place } from '../../place.ts';

type Shards = Pick<Place, 'client' | 'shards'>;

/** An event, what its turn came to, and each message of it; or a message that no event caused. */
export interface Story {
  /** What was asked for. */
  asked: { evt: EventId } | { mid: MessageId };
  event?: EventLife | undefined;
  messages: readonly MessageLife[];
  /** Messages of the turn whose records are gone. */
  gone: readonly MessageId[];
  conversation?: ConversationLife | undefined;
  /** Where the bundle has it. */
  number?: { number: BusinessNumber; state: NumberState } | undefined;
}

/** What an operator may know a message by. */
export type Asked = { wamid: string } | { id: string };

/** Finds a story from any end of it. Throws `CliError` when nobody knows the id, with the reasons that there may be. */
export async function findStory(asked: Asked, place: Shards, bundle: Bundle | undefined): Promise<Story> {
  const found =
    'wamid' in asked ? await findByWamid(asked.wamid, place, bundle) : await findById(asked.id, place);
  if (!found) throw await unknownId(asked, place, bundle);
  return tell(found, place, bundle);
}

/** One end of a story, and the shard that it is in. */
type Found = { shard: number } & (
  { kind: 'event'; event: EventLife } | { kind: 'message'; message: MessageLife }
);

async function findById(id: string, { client, shards }: Shards): Promise<Found | undefined> {
  const looks = [...Array(shards).keys()].map(async (shard): Promise<Found | undefined> => {
    const message = await readMessageLife(client, shard, MessageId.parse(id));
    if (message) return { kind: 'message', shard, message };
    const event = await findEvent(client, shard, EventId.parse(id));
    return event && { kind: 'event', shard, event };
  });
  return (await Promise.all(looks)).find((found) => found !== undefined);
}

// Meta's words for what it cannot pass on.
const OTHER_TYPES = ['unsupported', 'unknown'];

async function findByWamid(
  wamid: string,
  { client, shards }: Shards,
  bundle: Bundle | undefined,
): Promise<Found | undefined> {
  const types = [...INBOUND_TYPES.keys(), ...OTHER_TYPES];
  for (const { id: number, tenant } of numbersOf(bundle)) {
    const shard = shardOf(tenant, shards);
    const outbound = await findOutbound(client, shard, { number, wamid });
    const message = outbound && (await readMessageLife(client, shard, outbound.mid));
    if (message) return { kind: 'message', shard, message };
    const event = await findInbound(client, shard, { number, wamid, types });
    if (event) return { kind: 'event', shard, event };
  }
  return undefined;
}

function numbersOf(bundle: Bundle | undefined): BusinessNumber[] {
  return (bundle?.tenants ?? []).flatMap(({ teams }) => teams).flatMap(({ numbers }) => numbers);
}

async function tell(found: Found, { client }: Shards, bundle: Bundle | undefined): Promise<Story> {
  const { shard } = found;
  const event = await eventOf(found, client);
  const mids = event?.trace?.messages ?? [];
  const own = found.kind === 'message' ? found.message : undefined;
  const read = await Promise.all(mids.map((mid) => readMessageLife(client, shard, mid)));
  const named = read.filter((each) => each !== undefined);
  // One that the trace does not name: no event caused it, or its entry is gone.
  const isNamed = own === undefined || named.some(({ mid }) => mid === own.mid);
  const messages = isNamed ? named : [...named, own];
  const cid = event?.cid ?? own?.data.cid;
  const conversation = cid && (await readConversationLife(client, shard, cid));
  return {
    asked: found.kind === 'message' ? { mid: found.message.mid } : { evt: found.event.evt },
    event,
    messages,
    gone: mids.filter((mid) => !messages.some((each) => each.mid === mid)),
    ...(conversation && { conversation }),
    number: await numberOf(client, shard, messages[0]?.data.number, bundle),
  };
}

async function eventOf(found: Found, client: Shards['client']): Promise<EventLife | undefined> {
  if (found.kind === 'event') return found.event;
  const { evt, cid } = found.message.data;
  return evt && readEvent(client, found.shard, { cid, evt });
}

async function numberOf(
  client: Shards['client'],
  shard: number,
  id: NumberId | undefined,
  bundle: Bundle | undefined,
): Promise<Story['number']> {
  const number = bundle && id !== undefined ? findNumber(bundle, id) : undefined;
  return number && { number, state: await readNumber(client, shard, number) };
}

async function unknownId(asked: Asked, place: Shards, bundle: Bundle | undefined): Promise<CliError> {
  if ('wamid' in asked) {
    const count = numbersOf(bundle).length;
    return new CliError(
      'notFound',
      `Cannot explain this wamid: no event and no message of the ${count} numbers of the bundle has it`,
      `it may be older than eight days, a reaction, of a number that is not in this bundle, or in another Redis; ${SHARDS}`,
    );
  }
  const { id } = asked;
  const { client, shards } = place;
  const cid = ConversationId.parse(id);
  const lives = [...Array(shards).keys()].map((shard) => readConversationLife(client, shard, cid));
  if ((await Promise.all(lives)).some((life) => life !== undefined)) {
    const message = `Cannot explain "${id}": it is the id of a conversation`;
    return new CliError('notFound', message, `see it with \`alur contacts show ${id}\``);
  }
  return new CliError(
    'notFound',
    `Cannot explain "${id}": no event and no message has this id`,
    `it may have ended more than eight days ago, been withdrawn or erased, or be in another Redis; ${SHARDS}`,
  );
}

const SHARDS = 'check --redis or REDIS_URL, and SHARDS';
