import { DEAD_REASONS } from '@alur/types';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Colors } from '../../io.ts';
import { isoTime } from '../../moments.ts';
import { placeWarnings, withPlace, type PlaceFlags } from '../../place.ts';
import { count } from '../../report.ts';
import { parseFilter, type FilterFlags } from './letter-filter.ts';
import { readLetters, type FoundLetter } from './read-letters.ts';
import { countLetters, renderCounts, renderLetters } from './render-letters.ts';

export type ListDeadArguments = FilterFlags & PlaceFlags;

/** `alur dead list`: the newest dead letters, and a count of all that are asked for. */
export async function listDead(given: ListDeadArguments, { io, colors }: Context): Promise<Outcome> {
  const nowMs = Date.now();
  const filter = parseFilter(given, nowMs);
  return withPlace(given, io, async (place) => {
    const letters = await readLetters(place, filter);
    const shown = letters.slice(0, filter.limit);
    return {
      exit: EXIT.ok,
      data: { total: letters.length, ...countLetters(letters), letters: shown.map(toJson) },
      text: renderList(letters, shown, nowMs, colors),
      warnings: placeWarnings(place),
    };
  });
}

function toJson({ mid, diedAtMs, reason, code, attempts, data }: FoundLetter) {
  const { tenant, team, number, kind } = data;
  return {
    mid,
    diedAt: isoTime(diedAtMs),
    tenant,
    team,
    number,
    class: data.class,
    kind,
    side: DEAD_REASONS[reason].side,
    reason,
    code,
    attempts,
  };
}

function renderList(
  letters: readonly FoundLetter[],
  shown: readonly FoundLetter[],
  nowMs: number,
  colors: Colors,
): string {
  if (letters.length === 0) return 'No dead messages.\n';
  const more = letters.length - shown.length;
  return [
    ...renderLetters(shown, nowMs, colors),
    ...(more > 0 ? [colors.dim(`… and ${more} older; --limit shows more`)] : []),
    '',
    colors.bold(count(letters.length, 'dead message')),
    ...renderCounts(countLetters(letters), colors),
    '',
    'Why and what to do: alur dead show MID',
    '',
  ].join('\n');
}
