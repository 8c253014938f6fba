import { listDeadLetters, readDeadLetter, shardOf, type DeadLetter } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Place } from '../../place.ts';
import { matchesFilter, type LetterFilter } from './letter-filter.ts';

/** A dead letter and where it was found. */
export interface FoundLetter extends DeadLetter {
  shard: number;
}

const MID = /^[0-9a-f]{32}$/;
const PREFIX = /^[0-9a-f]{6,31}$/;
const NAMED_MAX = 1_000;

/** Every dead letter that is asked for, the newest first. */
export async function readLetters(
  { client, shards }: Pick<Place, 'client' | 'shards'>,
  filter: LetterFilter,
): Promise<FoundLetter[]> {
  const walk = async (shard: number): Promise<FoundLetter[]> => {
    const found: FoundLetter[] = [];
    for await (const letter of listDeadLetters(client, shard)) {
      if (letter.diedAtMs < (filter.sinceMs ?? 0)) break;
      if (matchesFilter(letter, filter)) found.push({ ...letter, shard });
    }
    return found;
  };
  const all = (await Promise.all(shardsOf(filter, shards).map(walk))).flat();
  return all.sort((a, b) => b.diedAtMs - a.diedAtMs);
}

// All keys of a tenant live in one shard.
function shardsOf({ tenant }: LetterFilter, shards: number): number[] {
  return tenant === undefined ? [...Array(shards).keys()] : [shardOf(tenant, shards)];
}

/**
 * The dead letters with these ids, or with ids that begin like this (six digits at least, and no other's). All or nothing: throws
 * `CliError` when one is not there.
 */
export async function findLetters(
  place: Pick<Place, 'client' | 'shards'>,
  ids: readonly string[],
  options: { withBody?: boolean } = {},
): Promise<FoundLetter[]> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
  refuseOddIds(wanted);
  const prefixes = wanted.filter((id) => !MID.test(id));
  const known = prefixes.length === 0 ? [] : await readLetters(place, {});
  const mids = wanted.map((id) => (MID.test(id) ? id : completed(id, known)));
  const found = await Promise.all([...new Set(mids)].map((mid) => readAnywhere(place, mid, options)));
  const missing = wanted.filter((_, index) => !found.some((letter) => letter?.mid === mids[index]));
  if (missing.length > 0) throw notFound(missing);
  return found.filter((letter) => letter !== undefined);
}

function refuseOddIds(ids: readonly string[]): void {
  const odd = ids.find((id) => !MID.test(id) && !PREFIX.test(id));
  const fix = 'give the 32 hex digits of its id, or at least the first 6';
  if (odd !== undefined) throw new CliError('usage', `"${odd}" cannot be the id of a message`, fix);
  if (ids.length > NAMED_MAX)
    throw new CliError('usage', `More than ${NAMED_MAX} messages are named`, 'use --all with filters');
}

function completed(prefix: string, letters: readonly FoundLetter[]): string {
  const fitting = letters.filter(({ mid }) => mid.startsWith(prefix));
  if (fitting.length > 1) {
    const message = `"${prefix}" is the beginning of ${fitting.length} dead messages`;
    throw new CliError('usage', message, 'give more digits');
  }
  return fitting[0]?.mid ?? prefix;
}

async function readAnywhere(
  { client, shards }: Pick<Place, 'client' | 'shards'>,
  mid: string,
  options: { withBody?: boolean },
): Promise<FoundLetter | undefined> {
  if (!MID.test(mid)) return undefined;
  const found = await Promise.all(
    [...Array(shards).keys()].map(async (shard) => {
      const letter = await readDeadLetter(client, shard, mid, options);
      return letter && { ...letter, shard };
    }),
  );
  return found.find((letter) => letter !== undefined);
}

function notFound(missing: readonly string[]): CliError {
  const names = missing.map((id) => `"${id}"`).join(', ');
  const fix = 'look with `alur dead list`: it may have been sent, replayed or dropped meanwhile';
  return new CliError('notFound', `No dead message ${names}`, fix);
}
