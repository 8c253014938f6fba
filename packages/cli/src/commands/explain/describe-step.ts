import type { LifeStep } from '@alur/store';
import { DEAD_REASONS, DeadReason, readAs, type ErrorOverride } from '@alur/types';
import { describeCode } from '../../describe-code.ts';
import { exactSpan } from './spans.ts';

/** A line of a timeline, and what is to say of it. */
export interface Told {
  text: string;
  more?: readonly string[];
}

/** How one step of a message reads. `sinceMs`: from the step before. */
export function describeStep(step: LifeStep, { overrides, sinceMs, ahead }: StepSurroundings): Told {
  switch (step.kind) {
    case 'queued_behind':
      return { text: `waits behind ${messages(step.ahead)} of its conversation` };
    case 'admitted':
      return { text: `got its place in the queue${waitBefore(sinceMs, ahead)}` };
    case 'claimed':
      return {
        text: `attempt ${step.attempt} begins${step.alternative ? ': the window is closed, so its outside_window template goes' : ''}`,
      };
    case 'finished':
      return finished(step, overrides);
    case 'status':
      return status(step, overrides);
    case 'owner_lost':
      return {
        text: `attempt ${step.attempt}: its sender was lost; nobody knows yet whether the message went`,
      };
    case 'tried_again':
      return {
        text: `nobody could tell what came of attempt ${step.attempt}: it is tried once more (on_unknown)`,
      };
    case 'parked':
      return { text: `nobody could tell what came of attempt ${step.attempt}: set aside as dead` };
    default:
      return lastSteps(step);
  }
}

/** What a step is told from beside itself. */
export interface StepSurroundings {
  overrides: ReadonlyMap<number, ErrorOverride> | undefined;
  sinceMs: number;
  /** How many of its conversation were before the message. */
  ahead: number;
}

type Kind<K extends LifeStep['kind']> = Extract<LifeStep, { kind: K }>;

function lastSteps(step: Kind<'ended' | 'replayed' | 'dropped' | 'cut'>): Told {
  switch (step.kind) {
    case 'ended': {
      const known = readAs(DeadReason, step.reason).data;
      return {
        text: `not sent: ${step.reason}`,
        ...(known && { more: [DEAD_REASONS[known].advice] }),
      };
    }
    case 'replayed':
      return { text: 'somebody let it go again (`alur dead replay`)' };
    case 'dropped':
      return { text: 'somebody gave it up (`alur dead drop`)' };
    case 'cut':
      return { text: '… more happened here than is kept …' };
  }
}

// Less than this is no wait that anybody would ask about.
const WORTH_TELLING_MS = 50;

function waitBefore(sinceMs: number, ahead: number): string {
  if (sinceMs < WORTH_TELLING_MS) return '';
  const behind = ahead > 0 ? `behind ${messages(ahead)} of its conversation` : 'behind others of its number';
  return `, ${exactSpan(sinceMs)} later: it waited ${behind}`;
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['sent', 'taken by the Graph API'],
  ['unknown', 'no answer that tells whether it was taken'],
  ['dead', 'refused for good'],
  ['retry', 'refused; to be tried again'],
  ['wait_number', 'refused: the number is too fast for Meta'],
  ['wait_waba', 'refused: the WABA is too fast for Meta'],
  ['wait_pair', 'refused: too fast for this contact'],
  ['pause_number', 'refused: the number is paused'],
  ['pause_waba', 'refused: the WABA is paused'],
  ['configuration', 'refused: the number waits for another credential'],
  ['window_closed', 'refused: the window is closed'],
  ['opted_out', 'refused: the contact has opted out'],
  ['hold_marketing', 'refused: Meta holds marketing to this contact back'],
  ['template', 'refused: the template may not be sent now'],
]);

function finished(step: Kind<'finished'>, overrides: StepSurroundings['overrides']): Told {
  const { attempt, outcome, code, state, waitMs } = step;
  const said = OUTCOMES.get(outcome) ?? outcome;
  const then = state === 'dead' && outcome !== 'dead' ? '; dead' : '';
  const wait = state === 'queued' && waitMs !== undefined ? `; again in ${exactSpan(waitMs)}` : '';
  return { text: `attempt ${attempt}: ${said}${then}${wait}`, more: codeLines(code, overrides) };
}

function codeLines(code: string | undefined, overrides: StepSurroundings['overrides']): string[] {
  if (code === undefined) return [];
  const note = describeCode(code, overrides);
  if (!note) return [`code ${code}`];
  return [`code ${code}: ${note.title}`, ...(note.advice === undefined ? [] : [note.advice])];
}

const HEARD: Record<Kind<'status'>['status'], string> = {
  sent: 'WhatsApp says: sent',
  delivered: "WhatsApp says: delivered to the contact's phone",
  read: 'WhatsApp says: read by the contact',
  played: 'WhatsApp says: listened to',
  failed: 'WhatsApp says: failed',
  other: 'WhatsApp says something that Alur does not know',
};

function status(step: Kind<'status'>, overrides: StepSurroundings['overrides']): Told {
  const { status: kind, attempt, atMs, metaAtMs, code } = step;
  const apart = atMs - metaAtMs;
  // Meta's clock is in whole seconds.
  const late = apart >= 2_000 ? `, ${exactSpan(apart)} before by its clock` : '';
  const of = attempt === 1 ? '' : ` (attempt ${attempt})`;
  return { text: `${HEARD[kind]}${of}${late}`, more: codeLines(code, overrides) };
}
