import { type z } from 'zod';
import { type Issue } from './issue.ts';
import { describeIssue, issuePlace, type DescribedIssue } from './issues.ts';
import { type SourceFile } from './source-file.ts';
import { cutTextFix, valueHint } from './value-hints.ts';
import { type YamlFile, type YamlPath } from './yaml-file.ts';

/** Reports what a schema has to say of a part of a file. `pathOf` leads from the file's root to what the schema read. */
export function reportIssues(
  issues: readonly Issue[],
  schema: z.ZodType,
  pathOf: (path: YamlPath) => YamlPath,
  yaml: YamlFile,
  file: SourceFile,
): void {
  const root = rootName(pathOf([]));
  if (yaml.value === null) {
    const fix = 'begin with `name`, `version`, `nodes` and `triggers`';
    file.report({ code: 'E104', place: yaml.placeOf([]), message: 'The file is empty', fix });
    return;
  }
  const all = issues.flatMap((issue) => describeIssue(issue, schema, root));
  const unknown = all.filter(({ code }) => code === 'E105');
  const seen = new Set<string>();
  for (const described of all.filter((each) => !isConsequence(each, unknown))) {
    const { code, path } = described;
    const place = issuePlace(yaml, described, pathOf(path));
    const words = wordsOf(described, pathOf(path), yaml, file.text.slice(place.end));
    // The entries of a list mostly hold the same slip.
    const list =
      typeof path.at(-1) === 'number' && words.fix !== undefined ? path.slice(0, -1).join('.') : undefined;
    if (list !== undefined && seen.has(list)) continue;
    if (list !== undefined) seen.add(list);
    file.report({ code, place, ...words });
  }
}

/** What the schema read, when an issue is about all of it. */
function rootName(path: YamlPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'The file';
  if (typeof last === 'string') return `\`${last}\``;
  return path.at(-2) === 'triggers' ? 'The trigger' : 'The node';
}

// What is missing, or should be one of several, mostly stands there by a name that is not known.
function isConsequence(
  { issue, path, message }: DescribedIssue,
  unknown: readonly DescribedIssue[],
): boolean {
  if (issue.code === 'custom') return path.length === 0 && unknown.length > 0;
  if (!message.endsWith(' is missing')) return false;
  const meant = `did you mean \`${path.at(-1)}\`?`;
  const around = path.slice(0, -1).join('.');
  return unknown.some((each) => each.fix === meant && each.path.slice(0, -1).join('.') === around);
}

function wordsOf(
  { issue, aboutKey, message, fix }: DescribedIssue,
  path: YamlPath,
  { value }: YamlFile,
  after: string,
): { message: string; fix?: string | undefined } {
  if (aboutKey) return { message, fix: cutTextFix(value, path, after) ?? fix };
  const hint = valueHint(issue, value, path);
  return { message: hint.message ?? message, fix: hint.fix ?? fix };
}
