import { findNumber, type Bundle, type BusinessNumber } from '@alur/bundle';
import { readNumber, shardOf, type NumberState } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Place } from '../../place.ts';

/** A number of the bundle and what holds for it now. */
export interface KnownNumber {
  number: BusinessNumber;
  shard: number;
  state: NumberState;
}

/** The number with this id. Throws `CliError` when the bundle has none. */
export function numberOf(bundle: Bundle, id: string): BusinessNumber {
  const number = findNumber(bundle, id);
  if (number) return number;
  const fix = 'give the phone_number_id as `alur numbers` shows it';
  throw new CliError('notFound', `No number "${id}" in bundle "${bundle.dir}"`, fix);
}

export async function knowNumber(
  { client, shards }: Pick<Place, 'client' | 'shards'>,
  number: BusinessNumber,
): Promise<KnownNumber> {
  const shard = shardOf(number.tenant, shards);
  return { number, shard, state: await readNumber(client, shard, number) };
}
