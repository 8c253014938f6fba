import type { Bundle, BusinessNumber, Team } from '@alur/bundle';
import {
  findConversation,
  findNumberOf,
  readConversationLife,
  readMessageLife,
  readOptOut,
  shardOf,
  type ConversationLife,
} from '@alur/store';
import { ConversationId } from '@alur/types';
import { readPhoneNumber, USER_ID } from '@alur/whatsapp';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, readPlaceBundle, withPlace, type Place, type PlaceFlags } from '../../place.ts';
import type { KnownConversation } from './known-conversation.ts';
import { readLimit } from './read-limit.ts';
import { knownToJson, renderKnown } from './render-known.ts';

export interface ShowContactFlags extends PlaceFlags {
  tenant?: string;
  events: string;
  showContact: boolean;
}

const ID = /^[0-9a-f]{32}$/i;

/** `alur contacts show`: a contact's conversations, with each number of the bundle that it has one with. */
export async function showContact(
  who: string,
  given: ShowContactFlags,
  { io, colors }: Context,
): Promise<Outcome> {
  const events = readLimit('--events', given.events);
  const bundle = await readPlaceBundle(given, io);
  const teams = bundle.tenants
    .flatMap((tenant) => tenant.teams)
    .filter(({ tenant }) => given.tenant === undefined || tenant === given.tenant);
  return withPlace(given, io, async (place) => {
    const found = await findThem(who, teams, place);
    const known = await Promise.all(found.map((each) => know(each, events, place)));
    const options = { isWhole: given.showContact, nowMs: Date.now(), events };
    if (known.length === 0) throw unknown(bundle);
    return {
      exit: EXIT.ok,
      data: { conversations: known.map((each) => knownToJson(each, options)) },
      text: `${known.map((each) => renderKnown(each, { ...options, colors })).join('\n')}\n`,
      warnings: placeWarnings(place),
    };
  });
}

interface Found {
  shard: number;
  life: ConversationLife;
  number: BusinessNumber | undefined;
}

async function findThem(who: string, teams: readonly Team[], place: Place): Promise<Found[]> {
  if (ID.test(who)) return findByCid(ConversationId.parse(who.toLowerCase()), teams, place);
  const contact = readWho(who);
  const looks = teams
    .flatMap(({ numbers }) => numbers)
    .map(async (number): Promise<Found[]> => {
      const shard = shardOf(number.tenant, place.shards);
      const cid = await findConversation(place.client, shard, number.id, contact);
      const life = cid && (await readConversationLife(place.client, shard, cid));
      return life ? [{ shard, life, number }] : [];
    });
  return (await Promise.all(looks)).flat();
}

/** Whom the command line names. */
export function readWho(who: string): { waId: string } | { userId: string } {
  if (USER_ID.test(who)) return { userId: who };
  const read = readPhoneNumber(who);
  if (read.kind === 'number') return { waId: read.waId };
  const message = `Cannot look for this contact: ${read.reason}`;
  throw new CliError('usage', message, 'give +62 812 3456 7890, US.1349…, or the id of a conversation');
}

async function findByCid(cid: ConversationId, teams: readonly Team[], place: Place): Promise<Found[]> {
  const shards = [...new Set(teams.map(({ tenant }) => shardOf(tenant, place.shards)))];
  const lives = shards.map(async (shard): Promise<Found[]> => {
    const life = await readConversationLife(place.client, shard, cid);
    return life ? [{ shard, life, number: await ownerOf(life.cid, shard, teams, place) }] : [];
  });
  return (await Promise.all(lives)).flat();
}

async function ownerOf(
  cid: ConversationId,
  shard: number,
  teams: readonly Team[],
  { client, shards }: Place,
): Promise<BusinessNumber | undefined> {
  for (const { tenant, id, numbers } of teams.filter((team) => shardOf(team.tenant, shards) === shard)) {
    const ids = numbers.map((number) => number.id);
    const found = await findNumberOf(client, shard, { tenant, team: id, cid, numbers: ids });
    if (found !== undefined) return numbers.find((number) => number.id === found);
  }
  return undefined;
}

async function know(
  { shard, life, number }: Found,
  events: number,
  { client }: Place,
): Promise<KnownConversation> {
  const mids = life.events.slice(0, events).flatMap(({ messages }) => messages);
  const read = await Promise.all(mids.map((mid) => readMessageLife(client, shard, mid)));
  const messages = new Map(read.flatMap((each) => (each ? [[each.mid, each] as const] : [])));
  const optedOut =
    number && life.contact && (await readOptOut(client, { shard, tenant: number.tenant }, life.contact));
  return { life, number, optedOut, messages };
}

function unknown(bundle: Bundle): CliError {
  const count = bundle.tenants.flatMap(({ teams }) => teams).flatMap(({ numbers }) => numbers).length;
  return new CliError(
    'notFound',
    `No number of the bundle (${count}) has a conversation with this contact`,
    'it may have been silent for 90 days, been erased, or be in another Redis; check --redis or REDIS_URL',
  );
}
