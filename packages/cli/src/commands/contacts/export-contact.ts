import { tenantNumbers } from '@alur/lists';
import { exportContact, shardOf } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { readWho } from './show-contact.ts';
import { tenantOf } from './tenant-of.ts';
import { writePrivate } from './write-private.ts';

export interface ExportFlags extends PlaceFlags {
  tenant?: string;
}

/** `alur contacts export`: all that is kept of a contact, of every team of a tenant. */
export async function exportOne(
  who: string,
  file: string,
  given: ExportFlags,
  { io }: Context,
): Promise<Outcome> {
  const ids = readWho(who);
  const bundle = await readPlaceBundle(given, io);
  const tenant = tenantOf(bundle, given.tenant);
  const numbers = tenantNumbers(bundle, tenant);
  return withPlace(given, io, async (place) => {
    const asked = {
      shard: shardOf(tenant, place.shards),
      tenant,
      numbers,
      teams: numbers.map(({ team }) => team),
      ids,
    };
    let parts = 0;
    const lines = async function* () {
      for await (const part of exportContact(place.client, asked)) {
        parts += 1;
        yield `${JSON.stringify(part)}\n`;
      }
    };
    await writePrivate(io, file, lines());
    return {
      exit: EXIT.ok,
      data: { file, lines: parts },
      text: `${file}: ${parts} lines\n`,
      warnings: placeWarnings(place),
    };
  });
}
