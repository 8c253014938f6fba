import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { importWishes, tenantNumbers, type ImportedWishes } from '@alur/lists';
import { shardOf } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { pathFrom } from '../../io.ts';
import { readPlaceBundle, refuseNew, withPlace, type PlaceFlags } from '../../place.ts';
import { count } from '../../report.ts';
import { tenantOf } from './tenant-of.ts';

export interface ImportFlags extends PlaceFlags {
  tenant?: string;
  country?: string;
  strict: boolean;
}

/** `alur contacts import-opt-outs`: good lines are taken, and each bad one is named. */
export async function importOptOuts(file: string, given: ImportFlags, { io }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  const tenant = tenantOf(bundle, given.tenant);
  const path = pathFrom(io, file);
  if (file !== '-') await access(path);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const numbers = tenantNumbers(bundle, tenant).map(({ id }) => id);
    const where = { shard: shardOf(tenant, place.shards), tenant, numbers };
    const input = file === '-' ? io.stdin : createReadStream(path);
    const imported = await importWishes(place.client, where, input, {
      strict: given.strict,
      format: /\.(?:ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv',
      nowS: Math.floor(Date.now() / 1000),
      country: given.country,
    });
    return outcomeOf(imported, file);
  });
}

function outcomeOf(imported: ImportedWishes, file: string): Outcome {
  const { taken, unchanged, refused, problems } = imported;
  const lines = problems.map(({ line, col, message }) => `${file}:${line}:${col}: ${message}`);
  const more = refused > problems.length ? [`… and ${refused - problems.length} more`] : [];
  const said = `${count(taken, 'opt-out')} taken, ${unchanged} known before, ${refused} refused`;
  const error = { code: 'bad_lines', message: `${count(refused, 'line')} could not be taken` };
  return {
    exit: refused > 0 ? EXIT.invalidInput : EXIT.ok,
    data: imported,
    text: [said, ...lines, ...more, ''].join('\n'),
    ...(refused > 0 && { error }),
  };
}
