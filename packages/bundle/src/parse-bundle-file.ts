import { BundleFile, NumberEntry, TeamEntry, TenantEntry } from './bundle-file.ts';
import { explainIssues } from './explain-issues.ts';
import type { Problem } from './problem.ts';
import { parseYamlText, type Path, type YamlText } from './yaml-text.ts';

export type ParsedBundleFile =
  { kind: 'parsed'; value: BundleFile; source: YamlText } | { kind: 'invalid'; problems: Problem[] };

/** Checks the text of a bundle.yaml: its schema, and that no tenant, team or number is there twice. */
export function parseBundleFile(file: string, text: string): ParsedBundleFile {
  const source = parseYamlText(file, text);
  if (source.problems.length > 0) return { kind: 'invalid', problems: source.problems };
  const parsed = BundleFile.safeParse(source.value);
  if (!parsed.success) {
    return { kind: 'invalid', problems: explainIssues(source, parsed.error.issues, knownKeys) };
  }
  const problems = duplicates(parsed.data, source);
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'parsed', value: parsed.data, source };
}

// tenants, N, teams, N, numbers, N: how deep a path is says what it is in.
function knownKeys(path: Path): readonly string[] {
  const shapes = [BundleFile.shape, TenantEntry.shape, TeamEntry.shape, NumberEntry.shape];
  return Object.keys(shapes[path.length / 2] ?? {});
}

interface Named {
  /** Two of the same key are one too many. */
  key: string;
  name: string;
  path: Path;
  fix: string;
}

function duplicates(file: BundleFile, source: YamlText): Problem[] {
  const first = new Map<string, Named>();
  const problems: Problem[] = [];
  for (const named of namedThings(file)) {
    const earlier = first.get(named.key);
    if (!earlier) {
      first.set(named.key, named);
      continue;
    }
    const { line } = source.place(earlier.path, 'value');
    const message = `${named.name} is there already, on line ${line}`;
    problems.push({ file: source.file, ...source.place(named.path, 'value'), message, fix: named.fix });
  }
  return problems;
}

function namedThings(file: BundleFile): Named[] {
  return file.tenants.flatMap((tenant, t): Named[] => [
    {
      key: `tenant ${tenant.id}`,
      name: `tenant "${tenant.id}"`,
      path: ['tenants', t, 'id'],
      fix: 'join the two entries',
    },
    ...tenant.teams.flatMap((team, m): Named[] => [
      {
        key: `team ${tenant.id}/${team.id}`,
        name: `team "${team.id}"`,
        path: ['tenants', t, 'teams', m, 'id'],
        fix: 'join the two entries',
      },
      ...team.numbers.map((number, n): Named => ({
        key: `number ${number.phone_number_id}`,
        name: `phone_number_id ${number.phone_number_id}`,
        path: ['tenants', t, 'teams', m, 'numbers', n, 'phone_number_id'],
        fix: 'a number belongs to one team only: remove one of the two',
      })),
    ]),
  ]);
}
