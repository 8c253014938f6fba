import type { StatusKind } from '@alur/types';
import { z } from 'zod';

// Reads what lua/lib/life.lua wrote.

/** Something that happened to a message; times in Unix ms, by Redis's clock. */
export type LifeStep = { atMs: number } & (
  | { kind: 'queued_behind'; ahead: number }
  /** It got a place in the tier's queue: before, it waited behind others of its conversation or number. */
  | { kind: 'admitted' }
  /** An attempt began. `alternative`: what the message has for a closed window went. */
  | { kind: 'claimed'; attempt: number; alternative: boolean }
  /** What came of an attempt, as `AttemptOutcome` has it; what the message was then, and how long it waits at least. */
  | {
      kind: 'finished';
      attempt: number;
      outcome: string;
      code?: string | undefined;
      state?: string | undefined;
      waitMs?: number | undefined;
    }
  /** `metaAtMs`: when it happened, by Meta's clock, in whole seconds. */
  | {
      kind: 'status';
      attempt: number;
      status: StatusKind;
      metaAtMs: number;
      code?: string | undefined;
    }
  /** The sender was lost; nobody knows whether the message went. */
  | { kind: 'owner_lost'; attempt: number }
  /** Nobody could tell what came of it in time: it is tried once more, or set aside. */
  | { kind: 'tried_again' | 'parked'; attempt: number }
  /** It might not go at all. */
  | { kind: 'ended'; state: string; reason: string }
  | { kind: 'replayed' | 'dropped' }
  /** There was more here than is kept. */
  | { kind: 'cut' }
);

/** What a message waited for, in all; `sinceMs` while it still does. */
export interface LifeWait {
  scope: string;
  firstAtMs: number;
  count: number;
  totalMs: number;
  sinceMs?: number | undefined;
}

const RANKS = ['sent', 'delivered', 'read', 'played'] as const;

/** How far a message came that WhatsApp has taken: its highest status. */
export function furthestOf(steps: readonly LifeStep[]): (typeof RANKS)[number] {
  const heard = new Set(steps.map((step) => (step.kind === 'status' ? step.status : step.kind)));
  return RANKS.findLast((rank) => heard.has(rank)) ?? 'sent';
}

const STATUSES: readonly StatusKind[] = ['failed', 'sent', 'delivered', 'read', 'played'];
const Count = z.coerce.number().int();

export function parseSteps(text: string, createdAtMs: number): LifeStep[] {
  const steps: LifeStep[] = [];
  for (const word of text.split(' ')) {
    const step = word === '~' ? cut(steps, createdAtMs) : parseStep(word, createdAtMs);
    if (step) steps.push(step);
  }
  return steps;
}

function cut(before: readonly LifeStep[], createdAtMs: number): LifeStep {
  return { kind: 'cut', atMs: before.at(-1)?.atMs ?? createdAtMs };
}

/** undefined for a word of another version. */
function parseStep(word: string, createdAtMs: number): LifeStep | undefined {
  const [letter, age = '', ...more] = word.split(':');
  const atMs = createdAtMs + Number(age);
  if (age === '' || Number.isNaN(atMs)) return undefined;
  const [first = '', second = ''] = more;
  switch (letter) {
    case 'b':
      return { kind: 'queued_behind', atMs, ahead: Count.parse(first) };
    case 'a':
      return { kind: 'admitted', atMs };
    case 'c':
      return { kind: 'claimed', atMs, attempt: Count.parse(first), alternative: second === 't' };
    case 'f':
      return finished(more, atMs);
    case 's':
      return status(more, atMs, createdAtMs);
    case 'x':
      return { kind: 'ended', atMs, state: first, reason: second };
    default:
      return lastKinds(letter, first, atMs);
  }
}

function lastKinds(letter: string | undefined, attempt: string, atMs: number): LifeStep | undefined {
  switch (letter) {
    case 'u':
      return { kind: 'owner_lost', atMs, attempt: Count.parse(attempt) };
    case 'r':
      return { kind: 'tried_again', atMs, attempt: Count.parse(attempt) };
    case 'p':
      return { kind: 'parked', atMs, attempt: Count.parse(attempt) };
    case 'y':
      return { kind: 'replayed', atMs };
    case 'g':
      return { kind: 'dropped', atMs };
    default:
      return undefined;
  }
}

function finished(words: readonly string[], atMs: number): LifeStep {
  const [attempt, outcome = '', code = '', state = '', wait = ''] = words;
  const waitMs = Number(wait);
  return {
    kind: 'finished',
    atMs,
    attempt: Count.parse(attempt),
    outcome,
    ...(code !== '' && { code }),
    ...(state !== '' && { state }),
    ...(wait !== '' && waitMs >= 0 && { waitMs }),
  };
}

function status(words: readonly string[], atMs: number, createdAtMs: number): LifeStep {
  const [attempt, rank, metaS = '', code = ''] = words;
  return {
    kind: 'status',
    atMs,
    attempt: Count.parse(attempt),
    status: STATUSES[Count.parse(rank)] ?? 'other',
    metaAtMs: (Math.floor(createdAtMs / 1_000) + Number(metaS)) * 1_000,
    ...(code !== '' && { code }),
  };
}

export function parseWaits(text: string, createdAtMs: number): LifeWait[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [scope = '', first, count, total, since] = word.split(':');
      return {
        scope,
        firstAtMs: createdAtMs + Number(first),
        count: Number(count),
        totalMs: Number(total),
        ...(since !== undefined && { sinceMs: createdAtMs + Number(since) }),
      };
    });
}
