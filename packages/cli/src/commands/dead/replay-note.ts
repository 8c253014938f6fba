import type { BusinessNumber } from '@alur/bundle';
import type { DeadReason } from '@alur/types';
import { MID_SHOWN } from './render-letters.ts';
import type { FoundLetter } from './read-letters.ts';

/** Whether a dead letter can be replayed, and what is to be thought of first. */
export interface ReplayNote {
  possible: boolean;
  note: string;
}

/** Where a replay most likely ends as the first life did, or does harm. */
const THINK_FIRST: Partial<Record<DeadReason, string>> = {
  bad_recipient: 'but it ends like this again while the contact is the same',
  invalid_message: 'but it ends like this again: its content stays the same',
  opted_out: 'but it ends like this again until the contact opts in',
  window_closed: 'but it ends like this again until the contact writes',
  unknown_outcome: 'but it may have arrived: the contact could get it twice',
};

/** `number` is the letter's, as the bundle has it; `letter` was read with its body. */
export function replayNote(letter: FoundLetter, number: BusinessNumber | undefined): ReplayNote {
  const { mid, reason, data, body } = letter;
  if (!isItsNumber(letter, number)) {
    return {
      possible: false,
      note: `cannot be: number ${data.number} of ${data.tenant} is not in the bundle`,
    };
  }
  if (body === undefined) return { possible: false, note: 'cannot be: its content is gone' };
  const but = THINK_FIRST[reason];
  const command = `alur dead replay ${mid.slice(0, MID_SHOWN)}`;
  return {
    possible: true,
    note: but === undefined ? `possible: ${command}` : `possible, ${but}: ${command}`,
  };
}

/** A number that another tenant has now must not send this tenant's messages. */
export function isItsNumber(
  { data }: Pick<FoundLetter, 'data'>,
  number: BusinessNumber | undefined,
): number is BusinessNumber {
  return number?.tenant === data.tenant;
}
