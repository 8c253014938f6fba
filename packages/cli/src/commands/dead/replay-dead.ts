import { findNumber, type Bundle } from '@alur/bundle';
import type { Context, Outcome } from '../../command.ts';
import { describePause, type DescribePauseOptions } from '../../describe-pause.ts';
import { EXIT } from '../../exit-code.ts';
import type { Colors } from '../../io.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { count } from '../../report.ts';
import {
  chooseLetters,
  confirmChoice,
  parseChoice,
  renderChoice,
  replayRisks,
  type ChoiceFlags,
} from './choose-letters.ts';
import type { FoundLetter } from './read-letters.ts';
import { MID_SHOWN } from './render-letters.ts';
import { replayLetters, type Replayed, type ReplayFate } from './replay-letters.ts';
import { isItsNumber } from './replay-note.ts';

export type ReplayDeadArguments = ChoiceFlags & PlaceFlags;

const NOTHING = 'No dead messages to replay.\n';
const AGAIN = 'Opt-out, window and limits are asked again as each goes: it may wait, or be dead again.';

/** `alur dead replay`: dead letters get a new life at the end of their chains. */
export async function replayDead(given: ReplayDeadArguments, context: Context): Promise<Outcome> {
  const { io, colors } = context;
  const choice = parseChoice(given, Date.now());
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    const letters = await chooseLetters(place, choice);
    if (given.dryRun) return dryRun(letters, bundle, context);
    await confirmChoice('replay', letters, given, context);
    const { replayed, jobsLate } = await replayLetters(letters, { place, bundle });
    const refused = replayed.filter(({ fate }) => FATES[fate].isRefused).length;
    const message = `${count(refused, 'message')} cannot be replayed`;
    const options = { overrides: bundle.errors, nowMs: Date.now() };
    return {
      exit: refused > 0 ? EXIT.refused : EXIT.ok,
      data: { dryRun: false, messages: replayed.map(({ letter, fate }) => ({ mid: letter.mid, fate })) },
      text: renderReplayed(replayed, options, colors),
      warnings: [...placeWarnings(place), ...lateWarnings(jobsLate)],
      ...(refused > 0 && { error: { code: 'refused', message } }),
    };
  });
}

function dryRun(letters: readonly FoundLetter[], bundle: Bundle, context: Context): Outcome {
  const fates = letters.map((letter) => {
    const isPossible = isItsNumber(letter, findNumber(bundle, letter.data.number));
    return { mid: letter.mid, fate: isPossible ? 'would_replay' : 'no_number' };
  });
  const refused = fates.filter(({ fate }) => fate === 'no_number').length;
  const headline = `Dry run: nothing was done. ${count(letters.length - refused, 'message')} would be replayed`;
  const rest = refused > 0 ? `, ${refused} cannot be: their numbers are not in the bundle` : '';
  return {
    exit: EXIT.ok,
    data: { dryRun: true, messages: fates },
    warnings: replayRisks(letters),
    text:
      letters.length === 0 ? NOTHING : `${headline}${rest}.\n\n${renderChoice(letters, Date.now(), context)}`,
  };
}

const FATES: Record<ReplayFate, { isRefused: boolean; text: string }> = {
  admitted: { isRefused: false, text: 'goes now' },
  waiting: { isRefused: false, text: 'waits its turn' },
  not_dead: { isRefused: false, text: 'left alone: it is not dead any more' },
  no_number: { isRefused: true, text: 'not replayed: its number is not in the bundle' },
  no_content: { isRefused: true, text: 'not replayed: its content is gone' },
};

function renderReplayed(
  replayed: readonly Replayed[],
  options: DescribePauseOptions,
  colors: Colors,
): string {
  if (replayed.length === 0) return NOTHING;
  const lives = replayed.filter(({ fate }) => fate === 'admitted' || fate === 'waiting').length;
  const lines = replayed.map(({ letter, fate, state }) => {
    const isPaused = state?.pausedUntilMs !== undefined;
    const text = isPaused ? `waits: number ${letter.data.number} is paused` : FATES[fate].text;
    const paint = FATES[fate].isRefused ? colors.red : fate === 'admitted' ? colors.green : colors.yellow;
    return `  ${letter.mid.slice(0, MID_SHOWN)}  ${paint(text)}`;
  });
  return [
    colors.bold(`Replayed ${lives} of ${count(replayed.length, 'message')}`),
    ...lines,
    '',
    ...pausesOf(replayed, options),
    ...(lives > 0 ? [AGAIN, ''] : []),
  ].join('\n');
}

/** Once for each number, since one pause may hold thousands. */
function pausesOf(replayed: readonly Replayed[], options: DescribePauseOptions): string[] {
  const pauses = replayed.flatMap(({ letter, state }) => {
    const pause = state && describePause(state, options);
    return pause === undefined ? [] : [[letter.data.number, pause] as const];
  });
  return [...new Map(pauses)].map(
    ([id, pause]) => `Number ${id} is paused ${pause}. Lift it with: alur numbers resume ${id}`,
  );
}

function lateWarnings(jobsLate: number): string[] {
  if (jobsLate === 0) return [];
  return [
    'the tier queue could not be written to: the senders find the messages by themselves in some seconds',
  ];
}
