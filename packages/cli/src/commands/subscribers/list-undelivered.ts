import { readAs } from '@alur/types';
import { z } from 'zod';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, withPlace, type PlaceFlags } from '../../place.ts';
import { count } from '../../report.ts';
import { readEvents, type FilterFlags } from './choose-events.ts';
import { eventToJson, renderEvents } from './render-events.ts';

const Limit = z.coerce.number().int().min(1).max(100_000);

/** `alur subscribers dead list`: what subscribers did not take for a day. */
export async function listUndelivered(
  given: FilterFlags & PlaceFlags,
  { io, colors }: Context,
): Promise<Outcome> {
  const { success, data: limit } = readAs(Limit, given.limit ?? '50');
  if (!success) throw new CliError('usage', `--limit cannot be "${given.limit ?? ''}"`, 'use a whole number');
  return withPlace(given, io, async (place) => {
    const events = await readEvents(place, given);
    const shown = events.slice(0, limit);
    const more = events.length - shown.length;
    const lines = [
      ...renderEvents(shown, Date.now(), colors),
      ...(more > 0 ? [colors.dim(`… and ${more} older; --limit shows more`)] : []),
      ...['', colors.bold(count(events.length, 'undelivered event')), ''],
    ];
    return {
      exit: EXIT.ok,
      data: { total: events.length, events: shown.map(eventToJson) },
      text: events.length === 0 ? 'No undelivered events.\n' : lines.join('\n'),
      warnings: placeWarnings(place),
    };
  });
}
