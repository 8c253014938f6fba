import type { z } from 'zod';
import { FIELDS } from './fields.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { Path, YamlText } from './yaml-text.ts';

const SHOWN_KEY_MAX = 64;

/** Turns what a schema found into problems with places and fixes. `known`: the keys that a map at a path may have. */
export function explainIssues(
  source: YamlText,
  issues: readonly z.core.$ZodIssue[],
  known: (path: Path) => readonly string[],
): Problem[] {
  const problems = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(source, [...issue.path, key], known(issue.path)))
      : [wrongValue(source, issue.path)],
  );
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const id = `${problem.line}:${problem.col}:${problem.message}`;
    return !seen.has(id) && seen.add(id);
  });
}

function unknownKey(source: YamlText, path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1));
  const meant = nearest(key, known);
  return {
    file: source.file,
    ...source.place(path, 'key'),
    message: `\`${key.slice(0, SHOWN_KEY_MAX)}\` is not known here`,
    fix: meant === undefined ? `the keys are ${known.join(', ')}` : `did you mean \`${meant}\`?`,
  };
}

function wrongValue(source: YamlText, path: Path): Problem {
  const name = path.findLast((step) => typeof step === 'string' && FIELDS.has(step));
  const field = FIELDS.get(String(name));
  const value = valueAt(source.value, path);
  const subject = name === undefined ? 'the file' : `\`${String(name)}\``;
  const must = field?.must ?? 'a map';
  const fix = field?.fix ?? 'see the documentation of the file';
  const place = source.place(path, 'value');
  const message =
    value === undefined && name !== undefined
      ? `${subject} is missing`
      : `${subject} must be ${must}, got ${kindOf(value)}`;
  return { file: source.file, ...place, message, fix };
}

/** What sort of thing it is, never the thing: it may be a secret. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (value === '') return 'empty text';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) ? 'a list' : 'a map';
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, step)?.value;
  }
  return found;
}
