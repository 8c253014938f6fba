import { Slug, readAs } from '@alur/types';
import {
  ANSWER_ALIASES,
  Answers,
  REQUIRED_ANSWERS,
  answerFault,
  type AnswerKey,
  type RequiredAnswer,
} from './answers.ts';
import { ApiKeyEntry } from './api-keys.ts';
import { SubscriberEntry } from './bundle-file.ts';
import { expandVariables, type Env } from './expand-variables.ts';
import { explainIssues } from './explain-issues.ts';
import { BundleError, byPlace, type Problem } from './problem.ts';
import { splitAnswers, type Part, type Place } from './split-answers.ts';
import { isRecord, parseYamlText, type Path, type YamlText } from './yaml-text.ts';

const KNOWN = [...Object.keys(Answers.shape), ...ANSWER_ALIASES.keys()];
const ANSWERS_BYTES_MAX = 262_144;

/** Answers as they were given. */
export interface AnswersSource {
  /** The path that messages name them by. */
  path: string;
  /** JSON or YAML. undefined: there is no file, only what was asked. */
  text: string | undefined;
  /** What `${NAME}` stands for. */
  env?: Env;
  /** What a person answered to questions, where the text has nothing or an empty text. */
  asked?: Readonly<Partial<Record<AnswerKey, unknown>>>;
}

/** The answers about one team. */
export interface TeamAnswers {
  tenant: string;
  team: string;
  answers: Answers;
  /** Where in the answers a key is. */
  placeOf(key: AnswerKey): { file: string; line: number; col: number };
  /** A problem with one of the answers, at its place in the file. */
  problemAt(key: AnswerKey, message: string, fix: string): Problem;
}

export interface ParsedAnswers {
  /** At least one. */
  teams: TeamAnswers[];
  warnings: string[];
}

/**
 * Reads answers in JSON or YAML, under `messaging-whatsapp` or flat, for one team or under `tenants` for several. Throws `BundleError`
 * (`invalid_answers`) with every problem; no message holds a value.
 */
export function parseAnswers(given: AnswersSource, place: Place): ParsedAnswers {
  const checked = checkAnswers(given, place);
  if (checked.problems.length === 0) return checked;
  const subject =
    given.text === undefined
      ? 'Cannot set up the bundle without these answers, which --answers FILE gives'
      : `Cannot use the answers in "${given.path}"`;
  throw new BundleError('invalid_answers', subject, checked.problems);
}

/** The required answers that a person can still be asked for; none when something else is wrong, too. */
export function missingAnswers(given: AnswersSource, place: Place): readonly RequiredAnswer[] {
  const { missing, problems } = checkAnswers(given, place);
  return missing.length === problems.length ? missing : [];
}

/** What is wrong with one answer as a person types it, or undefined. */
export function checkAnswer(key: AnswerKey, value: unknown): string | undefined {
  const source = parseYamlText('', '{}');
  const parsed = readAs(Answers.shape[key], value);
  const issues = parsed.success
    ? []
    : parsed.error.issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
  const [problem] = explainIssues({ ...source, value: { [key]: value } }, issues, knownKeys);
  const fault = problem ?? answerFault(key, value);
  return fault && `${fault.message}: ${fault.fix}`;
}

interface Checked extends ParsedAnswers {
  missing: RequiredAnswer[];
  problems: Problem[];
}

function checkAnswers(given: AnswersSource, place: Place): Checked {
  const { path: file, text = '{}', env = {}, asked = {} } = given;
  const names = faultyNames(place);
  if (Buffer.byteLength(text) > ANSWERS_BYTES_MAX) {
    const problem = { file, message: 'the file is over 256 KiB', fix: 'give the answers only' };
    return { teams: [], warnings: [], missing: [], problems: [...names, problem] };
  }
  const written = parseYamlText(file, text);
  if (written.problems.length > 0) {
    return { teams: [], warnings: [], missing: [], problems: [...names, ...written.problems] };
  }
  const expanded = expandVariables(written, env);
  const source = { ...written, value: expanded.value };
  const { parts, warnings, problems } = splitAnswers(source, place);
  const teams = parts.map((part) => checkPart(source, part, asked));
  // What a variable that is not set should have held would be told twice.
  const unset = new Set(expanded.problems.map(({ line, col }) => `${line}:${col}`));
  const others = teams
    .flatMap((team) => team.problems)
    .filter(({ line, col }) => !unset.has(`${line}:${col}`));
  const found = [...problems, ...expanded.problems, ...others].sort(byPlace);
  return {
    teams: teams.flatMap((team) => team.parsed ?? []),
    warnings,
    missing: unset.size > 0 ? [] : teams.flatMap((team) => team.missing),
    problems: [...names, ...dropPlaces(found, given)],
  };
}

function faultyNames({ tenant, team }: Place): Problem[] {
  return Object.entries({ tenant, team })
    .filter(([, name]) => !readAs(Slug, name).success)
    .map(([option]) => ({
      file: `--${option}`,
      message: `the ${option} must be lower-case letters, digits and dashes, 63 at most`,
      fix: 'it is a part of the webhook address',
    }));
}

/** Where there is no file there are no lines. */
function dropPlaces(problems: Problem[], { text }: AnswersSource): Problem[] {
  if (text !== undefined) return problems;
  return problems.map(({ file, message, fix }) => ({ file, message, fix }));
}

interface CheckedPart {
  parsed?: TeamAnswers;
  missing: RequiredAnswer[];
  problems: Problem[];
}

function checkPart(written: YamlText, part: Part, asked: Readonly<Record<string, unknown>>): CheckedPart {
  const problems: Problem[] = [];
  const { source, value: renamed } = rename(written, part, problems);
  const value = isRecord(renamed) ? { ...withoutEmpty(renamed), ...absent(asked, renamed) } : renamed;
  const parsed = readAs(Answers, value);
  if (!parsed.success) problems.push(...explainIssues({ ...source, value }, parsed.error.issues, knownKeys));
  for (const [key, answer] of isRecord(value) ? Object.entries(value) : []) {
    const fault = answerFault(key, answer);
    if (fault) problems.push({ file: source.file, ...source.place([key], 'value'), ...fault });
  }
  const missing = isRecord(value) ? REQUIRED_ANSWERS.filter((key) => value[key] === undefined) : [];
  if (!parsed.success) return { missing, problems };
  const placeOf = (key: AnswerKey) => ({ file: source.file, ...source.place([key], 'value') });
  const problemAt = (key: AnswerKey, message: string, fix: string) => ({ ...placeOf(key), message, fix });
  const { tenant, team } = part;
  return { parsed: { tenant, team, answers: parsed.data, placeOf, problemAt }, missing, problems };
}

/** An empty text is no answer to a question that needs one. */
function withoutEmpty(value: Record<string, unknown>): Record<string, unknown> {
  const isNoAnswer = ([key, answer]: [string, unknown]) =>
    REQUIRED_ANSWERS.some((required) => required === key) && (answer === '' || answer === null);
  return Object.fromEntries(Object.entries(value).filter((entry) => !isNoAnswer(entry)));
}

function absent(asked: Readonly<Record<string, unknown>>, value: Record<string, unknown>) {
  const isOpen = (key: string) => value[key] === undefined || value[key] === '' || value[key] === null;
  return Object.fromEntries(Object.entries(asked).filter(([key]) => isOpen(key)));
}

function knownKeys(path: Path): readonly string[] {
  if (path.includes('api_keys')) return Object.keys(ApiKeyEntry.shape);
  return path.includes('subscribers') ? Object.keys(SubscriberEntry.shape) : KNOWN;
}

/** Gives aliases their own names; places are still those of the names in the file. */
function rename(
  source: YamlText,
  { found, at }: Part,
  problems: Problem[],
): { value: unknown; source: YamlText } {
  const written = new Map<PropertyKey, string>();
  const place: YamlText['place'] = (path, of) => {
    const [first, ...rest] = path;
    return source.place(first === undefined ? at : [...at, written.get(first) ?? first, ...rest], of);
  };
  if (!isRecord(found)) return { value: found, source: { ...source, value: found, place } };
  const entries = new Map<string, unknown>();
  for (const [key, value] of Object.entries(found)) {
    const name = ANSWER_ALIASES.get(key) ?? key;
    const earlier = written.get(name);
    if (earlier !== undefined) problems.push(twice(source, [...at, key], earlier));
    written.set(name, key);
    entries.set(name, value);
  }
  const value = Object.fromEntries(entries);
  return { value, source: { ...source, value, place } };
}

function twice(source: YamlText, path: Path, earlier: string): Problem {
  const message = `\`${String(path.at(-1))}\` and \`${earlier}\` are two names of one thing`;
  return { file: source.file, ...source.place(path, 'key'), message, fix: 'keep one of the two' };
}
