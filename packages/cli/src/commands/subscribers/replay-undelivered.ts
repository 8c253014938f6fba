import type { Bundle } from '@alur/bundle';
import { redeliver } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, readPlaceBundle, refuseNew, withPlace, type PlaceFlags } from '../../place.ts';
import { count } from '../../report.ts';
import { chooseEvents, confirmEvents, type ChoiceFlags, type FoundEvent } from './choose-events.ts';
import { perShard } from './per-shard.ts';
import { renderEvents } from './render-events.ts';

/** `alur subscribers dead replay`: subscribers are told once more. */
export async function replayUndelivered(given: ChoiceFlags & PlaceFlags, context: Context): Promise<Outcome> {
  const { io, colors } = context;
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const chosen = await chooseEvents(place, given);
    const able = chosen.filter((each) => isThere(each, bundle));
    const left = chosen.length - able.length;
    if (!given.dryRun) await confirmEvents('Replay', able, given, context);
    const replayed = given.dryRun
      ? able.length
      : await perShard(able, (shard, ids) => redeliver(place.client, shard, ids));
    const head = given.dryRun ? 'Dry run: nothing was done. To be replayed' : 'Replayed';
    const message = `${count(left, 'event')} cannot be replayed: the bundle has no such subscriber`;
    return {
      exit: left > 0 ? EXIT.refused : EXIT.ok,
      data: { dryRun: given.dryRun, replayed, refused: left },
      text: [
        colors.bold(`${head}: ${count(replayed, 'event')}`),
        ...(given.dryRun ? renderEvents(able, Date.now(), colors) : []),
        ...(left > 0 ? [colors.red(message)] : []),
        '',
      ].join('\n'),
      warnings: placeWarnings(place),
      ...(left > 0 && { error: { code: 'refused', message } }),
    };
  });
}

function isThere({ subscriber, event }: FoundEvent, { tenants }: Bundle): boolean {
  return tenants.some(({ teams }) =>
    teams.some(
      ({ tenant, id, subscribers }) =>
        tenant === event.tenant && id === event.team && subscribers.some((each) => each.id === subscriber),
    ),
  );
}
