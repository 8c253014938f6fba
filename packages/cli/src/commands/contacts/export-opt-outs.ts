import { renderWishes } from '@alur/lists';
import { listWishes, shardOf } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { tenantOf } from './tenant-of.ts';
import { writePrivate } from './write-private.ts';

export interface ExportOptOutsFlags extends PlaceFlags {
  tenant?: string;
}

/** `alur contacts export-opt-outs`: all of a tenant, as a file that can be imported. */
export async function exportOptOuts(
  file: string,
  given: ExportOptOutsFlags,
  { io }: Context,
): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  const tenant = tenantOf(bundle, given.tenant);
  const teams = bundle.tenants
    .filter(({ id }) => id === tenant)
    .flatMap((each) => each.teams.map(({ id }) => id));
  return withPlace(given, io, async (place) => {
    const wishes = listWishes(place.client, { shard: shardOf(tenant, place.shards), tenant, teams });
    let lines = 0;
    const counted = async function* () {
      for await (const wish of wishes) {
        lines += 1;
        yield wish;
      }
    };
    await writePrivate(io, file, renderWishes(counted()));
    return {
      exit: EXIT.ok,
      data: { file, lines },
      text: `${file}: ${lines} opt-outs\n`,
      warnings: placeWarnings(place),
    };
  });
}
