import type { Bundle, Team } from '@alur/bundle';
import { listContacts, shardOf, type ListedContact } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Colors } from '../../io.ts';
import { contactToJson, describeContact } from '../../mask-contact.ts';
import { isoTime, renderSpan } from '../../moments.ts';
import { placeWarnings, readPlaceBundle, withPlace, type Place, type PlaceFlags } from '../../place.ts';
import { renderTable } from '../../render-table.ts';
import { readLimit } from './read-limit.ts';

export interface ListContactsFlags extends PlaceFlags {
  tenant?: string;
  team?: string;
  tag?: string;
  optedOut: boolean;
  limit: string;
  showContact: boolean;
}

/** A contact with the team that it is one of. */
interface Row extends ListedContact {
  team: Pick<Team, 'tenant' | 'id'>;
}

const PAGE = 200;

/** `alur contacts list`: contacts of every team, or of some. */
export async function listAllContacts(given: ListContactsFlags, { io, colors }: Context): Promise<Outcome> {
  const limit = readLimit('--limit', given.limit);
  const teams = teamsOf(await readPlaceBundle(given, io), given);
  return withPlace(given, io, async (place) => {
    const found = await Promise.all(teams.map((team) => contactsOf(team, { ...given, limit }, place)));
    const rows = found.flat();
    return {
      exit: EXIT.ok,
      data: { contacts: rows.map((row) => toJson(row, given.showContact)) },
      text: renderRows(rows, { isWhole: given.showContact, nowMs: Date.now(), colors }),
      warnings: placeWarnings(place),
    };
  });
}

function teamsOf(bundle: Bundle, { tenant, team }: ListContactsFlags): Team[] {
  const all = bundle.tenants.flatMap(({ teams }) => teams);
  const found = all.filter(
    (each) => (tenant === undefined || each.tenant === tenant) && (team === undefined || each.id === team),
  );
  if (found.length > 0) return found;
  const names = all.map((each) => `${each.tenant}/${each.id}`).join(', ');
  throw new CliError('notFound', 'No team of the bundle has these names', `the bundle has ${names}`);
}

interface Wanted extends Pick<ListContactsFlags, 'tag' | 'optedOut'> {
  limit: number;
}

async function contactsOf(
  team: Team,
  { tag, optedOut, limit }: Wanted,
  { client, shards }: Place,
): Promise<Row[]> {
  const shard = shardOf(team.tenant, shards);
  const named = { tenant: team.tenant, team: team.id, tag };
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await listContacts(client, shard, named, { cursor, count: PAGE });
    const wanted = page.contacts.filter((each) => !optedOut || each.optedOut !== undefined);
    rows.push(...wanted.map((each) => ({ ...each, team })));
    cursor = page.cursor;
  } while (cursor !== undefined && rows.length < limit);
  return rows.slice(0, limit);
}

function toJson(
  { cid, number, contact, lastMessageTime, lastEventAt, optedOut, team }: Row,
  isWhole: boolean,
) {
  const timeOf = (atS: number | undefined) =>
    isoTime(atS === undefined || atS === 0 ? undefined : atS * 1_000);
  return {
    conversation: cid,
    tenant: team.tenant,
    team: team.id,
    number,
    contact: contactToJson(contact, isWhole),
    tags: contact.tags,
    lastMessageAt: timeOf(lastMessageTime),
    lastEventAt: timeOf(lastEventAt),
    optedOut: optedOut ?? null,
  };
}

interface RenderOptions {
  isWhole: boolean;
  nowMs: number;
  colors: Colors;
}

function renderRows(rows: readonly Row[], { isWhole, nowMs, colors }: RenderOptions): string {
  if (rows.length === 0) return 'No contacts. One is listed from its first event that had a turn.\n';
  const heads = ['WROTE', 'CONTACT', 'TEAM', 'NUMBER', 'TAGS', 'OPTED OUT', 'CONVERSATION'];
  const cells = rows.map(({ cid, number, contact, lastMessageTime, optedOut, team }) => [
    lastMessageTime === 0 ? '-' : `${renderSpan(nowMs - lastMessageTime * 1_000)} ago`,
    describeContact(contact, isWhole),
    `${team.tenant}/${team.id}`,
    number,
    contact.tags.join(', ') || '-',
    optedOut ?? '-',
    cid,
  ]);
  const table = renderTable(
    heads.map((head) => ({ head })),
    cells,
    colors,
  );
  return [...table, '', 'All about one: alur contacts show CONVERSATION', ''].join('\n');
}
