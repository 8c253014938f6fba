import { isDeepStrictEqual } from 'node:util';
import type { TemplateDefinition } from '@alur/types';

/** What is other than it was pulled before, one line each. */
export interface PullChange {
  kind: 'new' | 'changed' | 'gone';
  name: string;
  language: string;
  /** Of what has changed: members, and words where they are short. */
  what?: string[];
}

export function comparePulls(
  before: readonly TemplateDefinition[],
  after: readonly TemplateDefinition[],
): PullChange[] {
  const old = new Map(before.map((each) => [keyOf(each), each]));
  const kept = new Set(after.map(keyOf));
  const changes = after.flatMap((each): PullChange[] => {
    const { name, language } = each;
    const former = old.get(keyOf(each));
    if (!former) return [{ kind: 'new', name, language }];
    const what = changedMembers(former, each);
    return what.length === 0 ? [] : [{ kind: 'changed', name, language, what }];
  });
  const gone = before
    .filter((each) => !kept.has(keyOf(each)))
    .map(({ name, language }): PullChange => ({ kind: 'gone', name, language }));
  return [...changes, ...gone].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ name, language }: { name: string; language: string }): string {
  return `${name}:${language}`;
}

const SHOWN = ['status', 'category'] as const;

function changedMembers(before: TemplateDefinition, after: TemplateDefinition): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = keys.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  const words = SHOWN.filter((key) => changed.includes(key)).map(
    (key) => `${key} ${before[key]} → ${after[key]}`,
  );
  return [...words, ...changed.filter((key) => key !== 'status' && key !== 'category')];
}
