import { CHECKS, type CheckId } from './check-list.ts';

/** What one check came to. `found` and `fix` hold no secret and no contact's number. */
export type Verdict =
  | { status: 'ok'; found: string }
  | { status: 'warn' | 'fail'; found: string; fix: string }
  /** It could not be looked at, or it was not wanted: `found` is why. */
  | { status: 'skip'; found: string };

export interface Check {
  id: CheckId;
  /** Which team, number or WABA; empty for what there is once. */
  about: string;
  /** Checks that have to come out well before this one makes sense. */
  needs?: readonly Check[];
  run: () => Promise<Verdict> | Verdict;
}

/** A check with its verdict, as people and programs get it. */
export interface Line {
  id: CheckId;
  status: Verdict['status'];
  about: string;
  /** What was checked. */
  checked: string;
  found: string;
  fix?: string;
}

export function lineOf({ id, about }: Pick<Check, 'id' | 'about'>, verdict: Verdict): Line {
  return { id, about, checked: CHECKS[id], ...verdict };
}

export const ok = (found: string): Verdict => ({ status: 'ok', found });
export const warn = (found: string, fix: string): Verdict => ({ status: 'warn', found, fix });
export const fail = (found: string, fix: string): Verdict => ({ status: 'fail', found, fix });
export const skip = (found: string): Verdict => ({ status: 'skip', found });

/** Asks at most once, however many checks want to know. */
export function once<T>(ask: () => T): () => T {
  let asked: { answer: T } | undefined;
  return () => {
    asked ??= { answer: ask() };
    return asked.answer;
  };
}
