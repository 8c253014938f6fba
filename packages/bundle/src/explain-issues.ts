import type { z } from 'zod';
import { FIELDS } from './fields.ts';
import type { Field } from './secret-fields.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { Path, YamlText } from './yaml-text.ts';

// In a file without its quotes a secret is part of what YAML takes for a key: only what can be but a word is shown.
const SHOWN_KEY = /^[A-Za-z_-]{1,64}$/;

/** Turns what a schema found into problems with places and fixes. `known`: the keys that a map at a path may have. */
export function explainIssues(
  source: YamlText,
  issues: readonly z.core.$ZodIssue[],
  known: (path: Path) => readonly string[],
): Problem[] {
  const problems = issues.flatMap(insideOf).flatMap((issue) => {
    if (issue.code === 'invalid_key') return [wrongKey(source, issue.path)];
    if (issue.code !== 'unrecognized_keys') return [wrongValue(source, issue)];
    return issue.keys.map((key) => unknownKey(source, [...issue.path, key], known(issue.path)));
  });
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const id = `${problem.line}:${problem.col}:${problem.message}`;
    return !seen.has(id) && seen.add(id);
  });
}

/** Of a choice, the issues inside the branch that the value is of; the issue itself where the value is of none. */
function insideOf(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isInside = ({ code, path }: z.core.$ZodIssue) => path.length > 0 || code === 'unrecognized_keys';
  const branch = issue.errors.find((errors) => errors.length > 0 && errors.every(isInside));
  return branch?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}

function unknownKey(source: YamlText, path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1));
  const meant = nearest(key, known);
  return {
    file: source.file,
    ...source.place(path, 'key'),
    message: `${SHOWN_KEY.test(key) ? `\`${key}\`` : 'this key'} is not known here`,
    fix: meant === undefined ? `the keys are ${known.join(', ')}` : `did you mean \`${meant}\`?`,
  };
}

function wrongKey(source: YamlText, path: Path): Problem {
  const map = fieldOf(path.slice(0, -1));
  const message = `the keys of ${map.subject} must be ${map.field?.keys ?? 'names'}`;
  return { file: source.file, ...source.place(path, 'key'), message, fix: map.fix };
}

function wrongValue(source: YamlText, issue: z.core.$ZodIssue): Problem {
  const { subject, field, fix } = fieldOf(issue.path);
  const value = valueAt(source.value, issue.path);
  const meant = typeof value === 'string' ? nearest(value, wordsOf(issue)) : undefined;
  const message =
    value === undefined && field !== undefined
      ? `${subject} is missing`
      : `${subject} must be ${field?.must ?? 'a map'}, got ${kindOf(value)}`;
  return {
    file: source.file,
    ...source.place(issue.path, 'value'),
    message,
    fix: meant === undefined ? fix : `did you mean \`${meant}\`?`,
  };
}

function fieldOf(path: Path): { subject: string; field: Field | undefined; fix: string } {
  const whole = path.findIndex((step) => FIELDS.get(String(step))?.isWhole);
  const named = whole < 0 ? path : path.slice(0, whole + 1);
  const name = named.findLast((step) => typeof step === 'string' && FIELDS.has(step));
  const field = FIELDS.get(String(name));
  const subject = name === undefined ? 'the file' : `\`${String(name)}\``;
  return { subject, field, fix: field?.fix ?? 'see the documentation of the file' };
}

/** The words that were to choose from, without those so short that anything is near. */
function wordsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap(wordsOf);
  if (issue.code !== 'invalid_value') return [];
  return issue.values.filter((word) => typeof word === 'string' && word.length > 3).map(String);
}

/** What sort of thing it is, never the thing: it may be a secret. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (value === '') return 'empty text';
  if (typeof value === 'string') return kindOfText(value);
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  const sort = Array.isArray(value) ? 'list' : 'map';
  return typeof value === 'object' && Object.keys(value).length === 0 ? `an empty ${sort}` : `a ${sort}`;
}

/** What cannot be seen in an editor or was copied along is named. */
function kindOfText(text: string): string {
  if (/[\r\n]/.test(text.trim())) return 'text with a line break in it';
  if (/[\r\n]$/.test(text)) return 'text with a line break at its end';
  return text === text.trim() ? 'text' : 'text with a space at its beginning or end';
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, step)?.value;
  }
  return found;
}
