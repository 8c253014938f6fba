import { readAs } from '@alur/types';
import {
  BundleFile,
  GraphErrorEntry,
  HttpEntry,
  LimitsEntry,
  NumberEntry,
  OnUnknownEntry,
  OptOutEntry,
  SubscriberEntry,
  TeamEntry,
  TenantEntry,
} from './bundle-file.ts';
import { type BundleSketch, sketchBundle } from './bundle-sketch.ts';
import { explainIssues } from './explain-issues.ts';
import { portfolioFaults } from './portfolio-faults.ts';
import { byPlace, type Problem } from './problem.ts';
import { parseYamlText, type Path, type YamlText } from './yaml-text.ts';

export type ParsedBundleFile =
  { kind: 'parsed'; value: BundleFile; source: YamlText } | { kind: 'invalid'; problems: Problem[] };

/** Checks the text of a bundle.yaml: its schema, and what its parts say of each other. */
export function parseBundleFile(file: string, text: string): ParsedBundleFile {
  const source = parseYamlText(file, text);
  if (source.problems.length > 0) return { kind: 'invalid', problems: source.problems };
  const parsed = readAs(BundleFile, source.value);
  const problems = parsed.success ? [] : explainIssues(source, parsed.error.issues, knownKeys);
  const sketch = sketchBundle(source.value);
  problems.push(...duplicates(sketch, source));
  for (const { path, message, fix } of portfolioFaults(sketch)) {
    problems.push({ file, ...source.place(path, 'value'), message, fix });
  }
  if (!parsed.success || problems.length > 0) return { kind: 'invalid', problems: problems.sort(byPlace) };
  return { kind: 'parsed', value: parsed.data, source };
}

// What a map is, by the nearest key of these that leads to it.
const SHAPES: ReadonlyMap<PropertyKey, object> = new Map<PropertyKey, object>([
  ['tenants', TenantEntry.shape],
  ['teams', TeamEntry.shape],
  ['numbers', NumberEntry.shape],
  ['limits', LimitsEntry.shape],
  ['http', HttpEntry.shape],
  ['subscribers', SubscriberEntry.shape],
  ['opt_out', OptOutEntry.shape],
  ['graph_errors', GraphErrorEntry.shape],
  ['on_unknown', OnUnknownEntry.shape],
]);

function knownKeys(path: Path): readonly string[] {
  const shape = SHAPES.get(path.findLast((step) => SHAPES.has(step)) ?? '');
  return Object.keys(shape ?? BundleFile.shape);
}

interface Named {
  /** Two of the same key are one too many. */
  key: string;
  name: string;
  path: Path;
  fix: string;
}

function duplicates(sketch: BundleSketch, source: YamlText): Problem[] {
  const first = new Map<string, Named>();
  const problems: Problem[] = [];
  for (const thing of namedThings(sketch)) {
    const earlier = first.get(thing.key);
    if (!earlier) {
      first.set(thing.key, thing);
      continue;
    }
    const { line } = source.place(earlier.path, 'value');
    const message = `${thing.name} is there already, on line ${line}`;
    problems.push({ file: source.file, ...source.place(thing.path, 'value'), message, fix: thing.fix });
  }
  return problems;
}

function namedThings({ tenants }: BundleSketch): Named[] {
  return tenants.flatMap((tenant, t) => [
    ...named(tenant.id, (id) => ({
      key: `tenant ${id}`,
      name: `tenant "${id}"`,
      path: ['tenants', t, 'id'],
      fix: 'join the two entries',
    })),
    ...tenant.teams.flatMap((team, m) => [
      ...named(team.id, (id) => ({
        key: `team ${tenant.id ?? t}/${id}`,
        name: `team "${id}"`,
        path: ['tenants', t, 'teams', m, 'id'],
        fix: 'join the two entries',
      })),
      ...team.subscribers.flatMap((subscriber, s) =>
        named(subscriber.id, (id) => ({
          key: `subscriber ${tenant.id ?? t}/${team.id ?? m}/${id}`,
          name: `subscriber "${id}"`,
          path: ['tenants', t, 'teams', m, 'subscribers', s, 'id'],
          fix: 'give each subscriber of a team an id of its own',
        })),
      ),
      ...team.numbers.flatMap((number, n) =>
        named(number.phone_number_id, (id) => ({
          key: `number ${id}`,
          name: `phone_number_id ${id}`,
          path: ['tenants', t, 'teams', m, 'numbers', n, 'phone_number_id'],
          fix: 'a number belongs to one team only: remove one of the two',
        })),
      ),
    ]),
  ]);
}

function named(id: string | null | undefined, make: (id: string) => Named): Named[] {
  return typeof id === 'string' ? [make(id)] : [];
}
