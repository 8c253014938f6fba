import { didYouMean } from '@alur/types';
import { type Issue } from './issue.ts';
import { valueAt } from './rules/raw-values.ts';
import { type YamlPath } from './yaml-file.ts';

/** What is better said when the value is known that stands in the file. */
export interface ValueHint {
  message?: string;
  fix?: string | undefined;
}

/** What to write instead of a value that a schema refuses. `path` leads to it from the root of the file. */
export function valueHint(issue: Issue, file: unknown, path: YamlPath): ValueHint {
  const value = valueAt(file, path);
  if (typeof value === 'number' && !Number.isFinite(value)) return endlessNumber(issue, value);
  if (typeof value !== 'string') return {};
  switch (issue.code) {
    case 'invalid_value':
      return { fix: didYouMean(value.trim(), issue.values.map(String)) };
    case 'invalid_union':
      return { fix: didYouMean(value.trim(), optionsOf(issue)) };
    case 'invalid_format':
      return { fix: nameFix(value, issue.message) };
    case 'invalid_type':
      return { fix: typeFix(issue.expected, value, file, path) };
    default:
      return {};
  }
}

function endlessNumber(issue: Issue, value: number): ValueHint {
  const source = Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  const wantsNumber = issue.code === 'invalid_type' && isNumber(issue.expected);
  return {
    message: 'YAML reads this as a number that nothing can hold',
    fix: wantsNumber ? 'write a number' : `put it in quotes: "${source}"`,
  };
}

/** The words that a union takes as its type. */
export function optionsOf(issue: Issue): string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

/** `Book Table` is `Book_Table` as a name. */
function nameFix(value: string, wanted: string): string | undefined {
  if (!wanted.startsWith('use letters') && !wanted.startsWith('name a node')) return undefined;
  const bare = value.normalize('NFD').replace(/\p{M}/gu, '').trim();
  const name = bare.replace(wanted.includes('`-`') ? /[^\w-]+/g : /\W+/g, '_').replace(/^_+|_+$/g, '');
  return /^[A-Za-z][\w-]*$/.test(name) ? `write \`${name}\`` : undefined;
}

function typeFix(expected: string, value: string, file: unknown, path: YamlPath): string | undefined {
  if (isNumber(expected)) return durationFix(value, file, path);
  const key = path.at(-1);
  if (key === 'media') return 'write `{type: image, link: "https://…"}`';
  const entry = inYaml(value);
  if (entry === undefined) return undefined;
  if (expected === 'array') return `write \`[${key === 'buttons' ? `{title: ${entry}}` : entry}]\``;
  return typeof key === 'number' && path.at(-2) === 'buttons' ? `write \`{title: ${entry}}\`` : undefined;
}

function isNumber(expected: string): boolean {
  return expected === 'number' || expected === 'int';
}

const SHOWN_MAX = 40;

/** A short text as an entry of a list; undefined for one that is better not repeated. */
function inYaml(text: string): string | undefined {
  if (text.length > SHOWN_MAX || text.includes('\n')) return undefined;
  return /^[A-Za-z][\w .-]*$/.test(text) ? text : JSON.stringify(text);
}

const SECONDS: readonly [unit: RegExp, seconds: number][] = [
  [/^(?:ms|milli\w*)$/, 0.001],
  [/^(?:s|secs?|seconds?)$/, 1],
  [/^(?:m|mins?|minutes?)$/, 60],
  [/^(?:h|hrs?|hours?)$/, 3600],
  [/^(?:d|days?)$/, 86_400],
];

/** `30 minutes` where a number is due. */
function durationFix(value: string, file: unknown, path: YamlPath): string | undefined {
  const [, count, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value) ?? [];
  if (count !== undefined && unit === '') return `write \`${count}\` without quotes`;
  if (!DURATIONS.has(String(path.at(-1)))) return undefined;
  const seconds = SECONDS.find(([name]) => name.test(unit.toLowerCase()))?.[1];
  const inMs = isInMs(file, path);
  const known = count === undefined || seconds === undefined ? undefined : Number(count) * seconds;
  const amount = Math.round((known ?? (inMs ? 5 : 1800)) * (inMs ? 1000 : 1));
  const example = known === undefined ? ', such as' : ':';
  return `write ${inMs ? 'milliseconds' : 'seconds'}${example} \`${Math.max(1, amount)}\``;
}

const DURATIONS: ReadonlySet<string> = new Set(['timeout', 'release_after']);

/** Time for a web service is in ms; time for people is in the config of a node that waits. */
function isInMs(file: unknown, path: YamlPath): boolean {
  if (path.at(-1) !== 'timeout') return false;
  return path.at(-2) !== 'config' || valueAt(file, [...path.slice(0, -2), 'type']) !== 'wait';
}

/** `{message: Sorry, later}`: between braces a comma ends the text, and what follows is a key without a value. */
export function cutTextFix(file: unknown, path: YamlPath, after: string): string | undefined {
  const isCut = valueAt(file, path) === null && /^["']?\s*[,}]/.test(after);
  return isCut ? 'put the text before it in quotes: between `{` and `}` a comma ends a text' : undefined;
}
