import { reportLines } from '@alur/lists';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { writePrivate } from '../contacts/write-private.ts';
import { findBroadcast } from './find-broadcast.ts';

/** `alur broadcast report`: a new file for its owner alone, since it may name contacts. */
export async function writeReport(
  id: string,
  given: PlaceFlags & { out: string; showContact: boolean },
  { io }: Context,
): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    const { ref, broadcast } = await findBroadcast(bundle, place, id);
    await writePrivate(io, given.out, reportLines(place.client, ref, broadcast, given.showContact));
    const { total } = broadcast;
    return {
      exit: EXIT.ok,
      data: { recipients: total, out: given.out },
      text: `${total} recipients in ${given.out}\n`,
    };
  });
}
