import { furthestOf, type MessageLife } from '@alur/store';
import { DEAD_REASONS } from '@alur/types';
import { describePause } from '../../describe-pause.ts';
import { renderMoment } from '../../moments.ts';
import { describeWait } from './describe-wait.ts';
import type { Story } from './find-story.ts';
import { exactSpan } from './spans.ts';

export interface VerdictOptions {
  nowMs: number;
  number: Story['number'];
}

/** The furthest that a message came, in a word: its state, or the highest status of one that was sent. */
export function wordOf({ state, steps }: MessageLife): string {
  return state === 'sent' ? furthestOf(steps) : state;
}

/** What holds for a message now, and what to do: a paragraph each. */
export function verdictOf(life: MessageLife, options: VerdictOptions): string[] {
  switch (life.state) {
    case 'sent':
      return [SENT[wordOf(life)] ?? 'Sent.'];
    case 'dead':
      return deadVerdict(life);
    case 'skipped':
      return ['Not sent: its window was closed, and its flow wants nothing then (outside_window: skip).'];
    case 'dropped':
      return ['Given up: its content is gone.'];
    case 'attempting':
      return attempting(life, options);
    case 'unknown':
      return unknown(life, options);
    default:
      return queued(life, options);
  }
}

const SENT: Readonly<Record<string, string>> = {
  sent: "Sent; WhatsApp has not said yet that it is on the contact's phone. The phone may be off.",
  delivered: 'Delivered; the contact has not read it yet, or does not tell.',
  read: 'Read by the contact.',
  played: 'Listened to by the contact.',
};

function deadVerdict({ reason, mid }: MessageLife): string[] {
  if (reason === undefined) return ['Dead.'];
  return [
    `Dead: ${reason}. ${DEAD_REASONS[reason].advice}`,
    `\`alur dead show ${mid.slice(0, 8)}\` says more.`,
  ];
}

function attempting({ leaseUntilMs = 0 }: MessageLife, { nowMs }: VerdictOptions): string[] {
  if (leaseUntilMs > nowMs)
    return [`On its way: a sender has it for ${exactSpan(leaseUntilMs - nowMs)} yet.`];
  return [
    'Its sender was lost, or is late: a sweeper of a sender takes it up within seconds. Is one running?',
  ];
}

function unknown({ nextLookMs }: MessageLife, { nowMs }: VerdictOptions): string[] {
  const when = nextLookMs === undefined ? '' : `, looked at again ${renderMoment(nextLookMs, nowMs)}`;
  return [`Nobody knows whether it was taken: a status tells, or on_unknown decides${when}.`];
}

function queued(life: MessageLife, options: VerdictOptions): string[] {
  const waits = life.waits.filter(({ sinceMs }) => sinceMs !== undefined);
  const held = waits.map((wait) => {
    const { text, advice } = describeWait(wait, options.nowMs);
    return `It ${text}. ${advice}`;
  });
  return [`Queued: ${placeOf(life, options.nowMs)}.`, ...held, ...pauseLines(options)];
}

function placeOf({ place }: MessageLife, nowMs: number): string {
  const ahead = place !== undefined && 'ahead' in place ? place.ahead : undefined;
  const before =
    ahead === undefined ? 'many others' : ahead === 0 ? 'nobody' : `${ahead} other${ahead === 1 ? '' : 's'}`;
  switch (place?.kind) {
    case 'chain':
      return `waits behind ${before} of its conversation, which goes in order`;
    case 'lane':
      return `waits for a place in its tier's queue, ${before} before it`;
    case 'tier':
      return `waits for room in the messaging limit, ${before} before it`;
    case 'later':
      return `goes on ${renderMoment(place.untilMs, nowMs)}`;
    case 'admitted':
      return `in its tier's queue for ${exactSpan(nowMs - place.sinceMs)}; a sender takes it next. Is one running?`;
    case undefined:
      return 'on its way from one place to the next; ask again';
  }
}

function pauseLines({ number, nowMs }: VerdictOptions): string[] {
  const paused = number && describePause(number.state, { overrides: new Map(), nowMs });
  if (number === undefined || paused === undefined) return [];
  return [`The number ${number.number.id} is paused ${paused}.`];
}
