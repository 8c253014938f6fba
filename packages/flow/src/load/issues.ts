import { readAs } from '@alur/types';
import { z } from 'zod';
import { keyHint } from '../expression/hints.ts';
import { type Issue } from './issue.ts';
import { type FindingCode } from '../finding-codes.ts';
import { type Place } from './source-file.ts';
import { optionsOf } from './value-hints.ts';
import { type YamlPath } from './yaml-file.ts';

/** What a schema has to say, in words for a flow's author. Never quotes a value. */
export interface DescribedIssue {
  code: FindingCode;
  path: (string | number)[];
  /** Whether the finding is about the key that the path ends in. */
  aboutKey: boolean;
  message: string;
  fix?: string | undefined;
  issue: Issue;
}

/** `root` is what the schema reads, where it is no key that the issue could name. */
export function describeIssue(issue: Issue, schema: z.ZodType, root = 'The file'): DescribedIssue[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema);
    return issue.keys.map((key) => ({
      code: 'E105',
      path: [...path, key],
      aboutKey: true,
      message: `\`${key}\` is no key that is known here`,
      fix: keyHint(key, known),
      issue,
    }));
  }
  const nested = issue.code === 'invalid_union' ? nearestBranch(issue.errors) : undefined;
  if (nested)
    return nested.flatMap((each) =>
      describeIssue({ ...each, path: [...issue.path, ...each.path] }, schema, root),
    );
  return [{ code: 'E104', path, aboutKey: false, ...wording(issue, nameOf(path, root)), issue }];
}

// Of a union's alternatives the one that fails deepest is the one that was meant.
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map(({ path }) => path.length));
  const [best] = [...branches].sort((a, b) => depth(b) - depth(a));
  return best && depth(best) > 0 ? best : undefined;
}

function nameOf(path: YamlPath, root: string): string {
  const last = path.at(-1);
  if (last === undefined) return root;
  const list = path.at(-2);
  return typeof last === 'number' && list !== undefined ? `Entry ${last + 1} of \`${list}\`` : `\`${last}\``;
}

function wording(issue: Issue, name: string): { message: string; fix?: string | undefined } {
  switch (issue.code) {
    case 'invalid_type':
      return typeWording(issue, name);
    case 'invalid_value':
      return { message: `${name} must be ${valueList(issue)}` };
    case 'invalid_union':
      return { message: `${name} ${unionWording(issue)}` };
    case 'too_big':
      return { message: `${name} may have at most ${issue.maximum} ${unit(issue.origin)}`.trimEnd() };
    case 'too_small':
      return { message: `${name} needs at least ${issue.minimum} ${unit(issue.origin)}`.trimEnd() };
    default:
      return { message: `${name}: ${issue.message}` };
  }
}

function typeWording(
  issue: z.core.$ZodIssueInvalidType,
  name: string,
): { message: string; fix?: string | undefined } {
  if (issue.message.endsWith('received undefined')) return { message: `${name} is missing` };
  const received = /received (\w+)/.exec(issue.message)?.[1];
  if (received === 'null') return { message: `${name} is empty, and must be ${article(issue.expected)}` };
  const message = `${name} must be ${article(issue.expected)}, not ${article(received ?? 'something else')}`;
  const unquoted = issue.expected === 'string' && (received === 'number' || received === 'boolean');
  return { message, fix: unquoted ? 'put it in quotes' : undefined };
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'map',
  record: 'map',
  array: 'list',
};

function article(type: string): string {
  const word = WORDS[type] ?? type;
  return word === 'text' || word === 'null' ? word : `a ${word}`;
}

function valueList({ values }: z.core.$ZodIssueInvalidValue): string {
  return values.map((value) => `"${String(value)}"`).join(' or ');
}

function unionWording(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = optionsOf(issue);
  if (options.length > 0) return `is not one of those known: ${options.join(', ')}`;
  const allowed = issue.errors.flat().flatMap((each) => {
    if (each.code === 'invalid_value') return [valueList(each)];
    return each.code === 'invalid_type' ? [article(each.expected)] : [];
  });
  return allowed.length > 0 ? `must be ${allowed.join(' or ')}` : 'is not one of those known';
}

function unit(origin: string): string {
  switch (origin) {
    case 'string':
      return 'characters';
    case 'array':
      return 'entries';
    default:
      return '';
  }
}

const KeyedSchema = z.object({ properties: z.record(z.string(), z.unknown()) });

const keysOfSchemas = new WeakMap<z.ZodType, string[]>();

/** Every key that a schema knows at any depth: candidates for a did-you-mean. */
export function knownKeys(schema: z.ZodType): string[] {
  const known = keysOfSchemas.get(schema) ?? collectKeys(schema);
  keysOfSchemas.set(schema, known);
  return known;
}

function collectKeys(schema: z.ZodType): string[] {
  const keys = new Set<string>();
  const collect = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const keyed = readAs(KeyedSchema, part);
    if (keyed.success) for (const key of Object.keys(keyed.data.properties)) keys.add(key);
    for (const child of Object.values(part)) collect(child);
  };
  collect(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }));
  return [...keys];
}

/** Where a described issue stands. */
export function issuePlace(
  yaml: { placeOf: (path: YamlPath) => Place; placeOfKey: (path: YamlPath) => Place },
  { aboutKey }: DescribedIssue,
  path: YamlPath,
): Place {
  return aboutKey ? yaml.placeOfKey(path) : yaml.placeOf(path);
}
