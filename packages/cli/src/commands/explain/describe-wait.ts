import type { LifeWait } from '@alur/store';
import { exactSpan } from './spans.ts';

interface ScopeNote {
  /** What is waited for. */
  what: string;
  /** What an operator may do about it. */
  advice: string;
}

const SCOPES: ReadonlyMap<string, ScopeNote> = new Map([
  [
    'pair',
    {
      what: 'for the pace to this contact (pair rate)',
      advice: 'WhatsApp takes 45 messages to a contact at once, then one every 6 s: say it in fewer.',
    },
  ],
  [
    'throughput',
    {
      what: "for the number's pace (throughput)",
      advice: 'More was to be sent in this second than the number may; `alur numbers` shows how much it may.',
    },
  ],
  [
    'tier',
    {
      what: 'for room in the messaging limit (tier)',
      advice:
        'The number has written first to as many contacts as it may in 24 hours; `alur numbers` shows when there is room again.',
    },
  ],
  [
    'pause',
    {
      what: 'for the end of a pause of the number or its WABA',
      advice: '`alur numbers` says why and until when; `alur numbers resume` lifts it.',
    },
  ],
  [
    'template',
    {
      what: 'for its template, which may not be sent now',
      advice:
        'Meta paused or limited it: see WhatsApp Manager, and `alur numbers` for a stop of all templates.',
    },
  ],
  [
    'media',
    {
      what: 'for a file to be at Meta (media)',
      advice:
        'A file is uploaded with the first message that shows it; `alur media list` finds faults in it.',
    },
  ],
]);

/** What a message waited for, how long and why. */
export function describeWait(wait: LifeWait, nowMs: number): { text: string; advice: string; ms: number } {
  const { scope, count, totalMs, sinceMs } = wait;
  const note = SCOPES.get(scope) ?? { what: `for ${scope}`, advice: '' };
  const ms = totalMs + (sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs));
  const times = count === 1 ? '' : `, ${count} times`;
  const text =
    sinceMs === undefined
      ? `waited ${exactSpan(ms)} ${note.what}${times}`
      : `waits ${note.what}, ${exactSpan(ms)} so far${times}`;
  return { text, advice: note.advice, ms };
}
