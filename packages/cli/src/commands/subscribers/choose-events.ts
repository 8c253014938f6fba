import { readUndelivered, shardOf, type Undelivered } from '@alur/store';
import { isWanted } from '@alur/types';
import { CliError } from '../../cli-error.ts';
import type { Context } from '../../command.ts';
import type { Place } from '../../place.ts';
import { count } from '../../report.ts';
import { renderEvents } from './render-events.ts';

export interface FilterFlags {
  tenant?: string;
  team?: string;
  subscriber?: string;
  type?: string;
  limit?: string;
}

export interface ChoiceFlags extends FilterFlags {
  ids: readonly string[];
  /** Everything that the filters let through. */
  all: boolean;
  /** Does not ask. */
  yes: boolean;
  dryRun: boolean;
}

/** An undelivered event and where it was found. */
export interface FoundEvent extends Undelivered {
  shard: number;
}

const PREFIX = /^[0-9a-f]{6,32}$/;

/** Every undelivered event that is asked for, the newest first. */
export async function readEvents(
  { client, shards }: Pick<Place, 'client' | 'shards'>,
  filter: FilterFlags,
): Promise<FoundEvent[]> {
  const { tenant } = filter;
  const found: FoundEvent[] = [];
  for (const shard of tenant === undefined ? Array(shards).keys() : [shardOf(tenant, shards)]) {
    for await (const each of readUndelivered(client, shard))
      if (matches(each, filter)) found.push({ ...each, shard });
  }
  return found.sort((a, b) => b.atMs - a.atMs);
}

function matches({ subscriber, event }: Undelivered, filter: FilterFlags): boolean {
  const facts: readonly (readonly [wanted: string | undefined, is: string])[] = [
    [filter.tenant, event.tenant],
    [filter.team, event.team],
    [filter.subscriber, subscriber],
  ];
  const isOfType = filter.type === undefined || isWanted([filter.type], event.type);
  return isOfType && facts.every(([wanted, is]) => wanted === undefined || wanted === is);
}

/** The events with these ids, or whose ids begin so. All or nothing: throws `CliError` when one is not there. */
export async function findEvents(
  place: Pick<Place, 'client' | 'shards'>,
  ids: readonly string[],
): Promise<FoundEvent[]> {
  const odd = ids.find((id) => !PREFIX.test(id));
  if (odd !== undefined)
    throw new CliError(
      'usage',
      `"${odd}" cannot be an id`,
      'give its 32 hex digits, or at least the first 6',
    );
  const all = await readEvents(place, {});
  return ids.map((id) => {
    const [first, second] = all.filter((each) => each.id.startsWith(id));
    if (!first)
      throw new CliError(
        'notFound',
        `No undelivered event "${id}"`,
        'look with `alur subscribers dead list`',
      );
    if (second) throw new CliError('usage', `"${id}" is the beginning of several ids`, 'give more digits');
    return first;
  });
}

/** The chosen events, the oldest first, as they once were told in. Throws `CliError` (usage) for what is no choice. */
export async function chooseEvents(
  place: Pick<Place, 'client' | 'shards'>,
  given: ChoiceFlags,
): Promise<FoundEvent[]> {
  const { ids, all, tenant, team, subscriber, type } = given;
  if (all === ids.length > 0)
    throw new CliError('usage', 'Give either ids or --all', 'ids are shown by `alur subscribers dead list`');
  if (!all && [tenant, team, subscriber, type].some((value) => value !== undefined))
    throw new CliError('usage', 'Filters go with --all only', 'leave them out, or use --all');
  const chosen = all ? await readEvents(place, given) : await findEvents(place, [...new Set(ids)]);
  return chosen.sort((a, b) => a.sinceMs - b.sinceMs);
}

/** Asks before more than one event is touched. Throws `CliError` (refused) without a yes, or without anybody to ask. */
export async function confirmEvents(
  verb: 'Replay' | 'Drop',
  events: readonly FoundEvent[],
  { yes }: Pick<ChoiceFlags, 'yes'>,
  { io: { ask }, colors }: Context,
): Promise<void> {
  if (yes || events.length <= 1) return;
  const question = `${verb} ${count(events.length, 'event')}?`;
  if (!ask)
    throw new CliError('refused', `${question} There is no terminal to ask at`, 'use --dry-run, then --yes');
  if (await ask([...renderEvents(events.slice(0, 10), Date.now(), colors), `${question} [y/N] `].join('\n')))
    return;
  throw new CliError('refused', 'Nothing was done: the answer was no', 'answer y to go on');
}
