import { CliError } from '../../cli-error.ts';
import type { Context } from '../../command.ts';
import type { Place } from '../../place.ts';
import { count } from '../../report.ts';
import { parseFilter, type FilterFlags, type LetterFilter } from './letter-filter.ts';
import { findLetters, readLetters, type FoundLetter } from './read-letters.ts';
import { countLetters, renderCounts, renderLetters } from './render-letters.ts';

export interface ChoiceFlags extends FilterFlags {
  mids: readonly string[];
  /** Everything that the filters let through. */
  all: boolean;
  /** Does not ask. */
  yes: boolean;
  dryRun: boolean;
}

/** What a choice names: ids, or all that a filter lets through. Throws `CliError` (usage) when it is neither or both. */
export type Choice = { kind: 'mids'; mids: readonly string[] } | { kind: 'all'; filter: LetterFilter };

export function parseChoice(given: ChoiceFlags, nowMs: number): Choice {
  const filter = parseFilter(given, nowMs);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (given.all && given.mids.length > 0)
    throw new CliError('usage', 'Both messages and --all are given', 'give one of the two');
  if (given.all) return { kind: 'all', filter };
  if (given.mids.length === 0)
    throw new CliError('usage', 'No message is named', 'give ids as `alur dead list` shows them, or --all');
  if (isFiltered) throw new CliError('usage', 'Filters go with --all only', 'leave them out, or use --all');
  return { kind: 'mids', mids: given.mids };
}

/** The chosen dead letters, the oldest first, so that a conversation keeps its order. */
export async function chooseLetters(place: Place, choice: Choice): Promise<FoundLetter[]> {
  const newestFirst =
    choice.kind === 'mids'
      ? await findLetters(place, choice.mids)
      : (await readLetters(place, choice.filter)).slice(0, choice.filter.limit);
  return newestFirst.sort((a, b) => a.diedAtMs - b.diedAtMs);
}

const PREVIEW = 10;

/** What is about to happen, and to which. */
export function renderChoice(letters: readonly FoundLetter[], nowMs: number, { colors }: Context): string {
  const shown = letters.slice(0, PREVIEW);
  const more = letters.length - shown.length;
  return [
    ...renderLetters(shown, nowMs, colors),
    ...(more > 0 ? [colors.dim(`… and ${more} more`)] : []),
    '',
    ...renderCounts(countLetters(letters), colors),
    '',
  ].join('\n');
}

/** Asks before more than one message is touched. Throws `CliError` (refused) without a yes, or without anybody to ask. */
export async function confirmChoice(
  verb: 'replay' | 'drop',
  letters: readonly FoundLetter[],
  given: Pick<ChoiceFlags, 'yes'>,
  context: Context,
): Promise<void> {
  if (given.yes || letters.length <= 1) return;
  const things = count(letters.length, 'message');
  const { ask } = context.io;
  if (!ask) {
    const message = `Cannot ask whether to ${verb} ${things}: there is no terminal`;
    throw new CliError('refused', message, 'look with --dry-run, then add --yes');
  }
  const preview = renderChoice(letters, Date.now(), context);
  const risks = verb === 'replay' ? replayRisks(letters) : ['Their content is lost for good.'];
  const question = `${verb === 'drop' ? 'Drop' : 'Replay'} ${things}? [y/N] `;
  if (await ask([preview, ...risks, question].join('\n'))) return;
  throw new CliError('refused', 'Nothing was done: the answer was no', `answer y to ${verb} them`);
}

/** What a replay of these may do to people. */
export function replayRisks(letters: readonly FoundLetter[]): string[] {
  const unknown = letters.filter(({ reason }) => reason === 'unknown_outcome').length;
  if (unknown === 0) return [];
  return [
    `${count(unknown, 'message')} with unknown_outcome may have arrived: contacts could get them twice.`,
  ];
}
