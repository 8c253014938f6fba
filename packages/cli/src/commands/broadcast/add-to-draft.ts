import { addFromFile } from '@alur/lists';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, refuseNew, withPlace } from '../../place.ts';
import { findBroadcast } from './find-broadcast.ts';
import { countryOf, formatOf, openFile, type FileFlags } from './plan-flags.ts';
import { renderFill } from './render-fill.ts';

/** `alur broadcast add`: more recipients for a draft. */
export async function addToDraft(
  id: string,
  file: string,
  given: FileFlags,
  { io }: Context,
): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const { ref, broadcast, team } = await findBroadcast(bundle, place, id);
    if (broadcast.state !== 'draft')
      throw new CliError(
        'refused',
        `Cannot add recipients: the broadcast is ${broadcast.state}`,
        'make another one',
      );
    const rules = {
      plan: broadcast,
      format: formatOf(file, given),
      country: countryOf(team),
      strict: given.strict,
    };
    const report = await addFromFile(place.client, ref, openFile(file, io), rules);
    const isRefused = report.stopped !== undefined || (given.strict && report.faulty > 0);
    return {
      exit: isRefused ? EXIT.invalidInput : EXIT.ok,
      data: report,
      text: `${renderFill(file, report).join('\n')}\n`,
    };
  });
}
