import { drop } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Colors } from '../../io.ts';
import { placeWarnings, withPlace, type PlaceFlags } from '../../place.ts';
import { count } from '../../report.ts';
import {
  chooseLetters,
  confirmChoice,
  parseChoice,
  renderChoice,
  type ChoiceFlags,
} from './choose-letters.ts';
import type { FoundLetter } from './read-letters.ts';
import { MID_SHOWN } from './render-letters.ts';

export type DropDeadArguments = ChoiceFlags & PlaceFlags;

const NOTHING = 'No dead messages to drop.\n';

/** `alur dead drop`: dead letters are given up for good; their content goes. */
export async function dropDead(given: DropDeadArguments, context: Context): Promise<Outcome> {
  const { io, colors } = context;
  const choice = parseChoice(given, Date.now());
  return withPlace(given, io, async (place) => {
    const letters = await chooseLetters(place, choice);
    if (given.dryRun) return dryRun(letters, context);
    await confirmChoice('drop', letters, given, context);
    const dropped: Dropped[] = [];
    for (const { mid, shard } of letters) {
      dropped.push({ mid, fate: (await drop(place.client, shard, mid)) ? 'dropped' : 'not_dead' });
    }
    return {
      exit: EXIT.ok,
      data: { dryRun: false, messages: dropped },
      text: renderDropped(dropped, colors),
      warnings: placeWarnings(place),
    };
  });
}

interface Dropped {
  mid: string;
  /** `not_dead`: somebody was faster. */
  fate: 'dropped' | 'not_dead';
}

function dryRun(letters: readonly FoundLetter[], context: Context): Outcome {
  const headline = `Dry run: nothing was done. ${count(letters.length, 'message')} would be dropped.`;
  return {
    exit: EXIT.ok,
    data: { dryRun: true, messages: letters.map(({ mid }) => ({ mid, fate: 'would_drop' })) },
    text: letters.length === 0 ? NOTHING : `${headline}\n\n${renderChoice(letters, Date.now(), context)}`,
  };
}

const FATES: Record<Dropped['fate'], string> = {
  dropped: 'dropped: its content is gone',
  not_dead: 'left alone: it is not dead any more',
};

function renderDropped(dropped: readonly Dropped[], colors: Colors): string {
  if (dropped.length === 0) return NOTHING;
  const gone = dropped.filter(({ fate }) => fate === 'dropped').length;
  const lines = dropped.map(({ mid, fate }) => `  ${mid.slice(0, MID_SHOWN)}  ${FATES[fate]}`);
  return [colors.bold(`Dropped ${gone} of ${count(dropped.length, 'message')}`), ...lines, ''].join('\n');
}
