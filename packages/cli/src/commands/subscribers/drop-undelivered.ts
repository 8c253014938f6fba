import { dropUndelivered } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, refuseNew, withPlace, type PlaceFlags } from '../../place.ts';
import { count } from '../../report.ts';
import { chooseEvents, confirmEvents, type ChoiceFlags } from './choose-events.ts';
import { perShard } from './per-shard.ts';
import { renderEvents } from './render-events.ts';

/** `alur subscribers dead drop`: undelivered events are given up for good. */
export async function dropUndeliveredEvents(
  given: ChoiceFlags & PlaceFlags,
  context: Context,
): Promise<Outcome> {
  const { io, colors } = context;
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const chosen = await chooseEvents(place, given);
    if (!given.dryRun) await confirmEvents('Drop', chosen, given, context);
    const dropped = given.dryRun
      ? chosen.length
      : await perShard(chosen, (shard, ids) => dropUndelivered(place.client, shard, ids));
    const head = given.dryRun ? 'Dry run: nothing was done. To be dropped' : 'Dropped';
    return {
      exit: EXIT.ok,
      data: { dryRun: given.dryRun, dropped },
      text: [
        colors.bold(`${head}: ${count(dropped, 'event')}`),
        ...(given.dryRun ? renderEvents(chosen, Date.now(), colors) : []),
        '',
      ].join('\n'),
      warnings: placeWarnings(place),
    };
  });
}
