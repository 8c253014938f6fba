import { join } from 'node:path';
import { TemplateDefinition, readAs } from '@alur/types';
import { z } from 'zod';
import { BundleError, type Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { PUBLIC, writeFiles } from './write-files.ts';
import { parseYamlText } from './yaml-text.ts';

const TEMPLATES_BYTES_MAX = 8_388_608;
/** Meta lets a verified WABA have 6,000. */
const TEMPLATES_MAX = 20_000;
/** Reading a text with the place of each part takes long: of a larger one the file alone is named. */
const PLACED_BYTES_MAX = 1_048_576;
const TOO_LARGE = 'the file is larger than 8 MB';
const PROBLEMS_MAX = 20;
const PULL = 'write it anew with `alur templates pull`';

/** The templates of a WABA, as they were when they were pulled. */
export const TemplatesFile = z.strictObject({
  waba: z.string().min(1).max(64),
  pulled_at: z.iso.datetime(),
  templates: z.array(TemplateDefinition).max(TEMPLATES_MAX),
});
export type TemplatesFile = z.infer<typeof TemplatesFile>;

export type ReadTemplates =
  | { kind: 'missing' }
  | { kind: 'read'; file: TemplatesFile; text: string }
  | { kind: 'invalid'; problems: Problem[] };

/** Inside the bundle. */
export function templatesPath(waba: string): string {
  return `templates/${waba}.json`;
}

/** Reads what was pulled for a WABA; a faulty file is told with its place and fix. Faults of the file system are thrown. */
export async function readTemplatesFile(dir: string, waba: string): Promise<ReadTemplates> {
  const path = join(dir, templatesPath(waba));
  const file = await readText(path, TEMPLATES_BYTES_MAX);
  if (file.kind === 'missing') return { kind: 'missing' };
  if (file.kind === 'too_large') return invalid({ file: path, message: TOO_LARGE, fix: PULL });
  const { text } = file;
  const parsed = readAs(TemplatesFile, readJson(text));
  if (!parsed.success) return { kind: 'invalid', problems: problemsOf(path, text, parsed.error.issues) };
  if (parsed.data.waba === waba) return { kind: 'read', file: parsed.data, text };
  return invalid({ file: path, message: 'the file holds the templates of another WABA', fix: PULL });
}

function invalid(problem: Problem): ReadTemplates {
  return { kind: 'invalid', problems: [problem] };
}

/** undefined, which no JSON is, for what is no JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where a text stops being JSON. */
function syntaxFault(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const at = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    return at === undefined ? text.length : Number(at);
  }
}

function lineAt(text: string, offset: number): { line: number; col: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, col: (before.at(-1) ?? '').length + 1 };
}

function problemsOf(file: string, text: string, issues: readonly z.core.$ZodIssue[]): Problem[] {
  const fault = syntaxFault(text);
  if (fault !== undefined)
    return [{ file, ...lineAt(text, fault), message: 'the file is no JSON here', fix: PULL }];
  const source = text.length <= PLACED_BYTES_MAX ? parseYamlText(file, text) : undefined;
  return issues.slice(0, PROBLEMS_MAX).map(({ path, message }) => ({
    file,
    ...source?.place(path, 'value'),
    // What zod says names kinds of values, and quotes none.
    message: `${path.length === 0 ? 'the file' : `\`${path.map(String).join('.')}\``} cannot be read: ${message}`,
    fix: PULL,
  }));
}

/** The text of a file of templates: sorted by name and language, and the same for the same templates. */
export function renderTemplatesFile({ waba, pulled_at, templates }: TemplatesFile): string {
  const sorted = templates.toSorted((a, b) => compare(a.name, b.name) || compare(a.language, b.language));
  return `${JSON.stringify({ waba, pulled_at, templates: sorted.map(laidOut) }, null, 2)}\n`;
}

/** Puts files of templates into a bundle: each whole or not at all. Throws `BundleError` for more than can be read back. */
export async function writeTemplatesFiles(dir: string, files: readonly TemplatesFile[]): Promise<void> {
  const plan = files.map((file) => ({
    path: templatesPath(file.waba),
    text: renderTemplatesFile(file),
    ...PUBLIC,
  }));
  const problems = plan
    .filter(({ text }) => Buffer.byteLength(text) > TEMPLATES_BYTES_MAX)
    .map(({ path }) => ({
      file: path,
      message: TOO_LARGE,
      fix: 'delete templates that nobody sends any more',
    }));
  if (problems.length > 0)
    throw new BundleError('invalid_bundle', `Cannot write templates to "${dir}"`, problems);
  await writeFiles(dir, plan, false);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** What a template is called comes first, then what changes most, and all else by its name. */
function laidOut({ name, language, id, status, category, ...rest }: TemplateDefinition): object {
  return { name, language, id, status, category, ...sortedKeys(rest) };
}

function sortedKeys(value: object): object {
  const entries = Object.entries(value).toSorted(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([key, item]: [string, unknown]) => [key, sortedValue(item)]));
}

function sortedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedValue);
  if (typeof value !== 'object' || value === null) return value;
  const { type, ...rest } = { type: undefined, ...value };
  return { ...(type !== undefined && { type }), ...sortedKeys(rest) };
}
