import { DeadReason } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { FUNCTIONS } from '../../packages/flow/src/expression/functions.ts';
import { ROOTS } from '../../packages/flow/src/expression/names.ts';
import { isScalar } from '../../packages/flow/src/expression/value-type.ts';
import { NODE_TYPES } from '../../packages/flow/src/nodes/index.ts';
import { filesLike, read, tableOf } from './markdown.ts';

const code = (text: string) => `\`${text}\``;
const sorted = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(' | ')).sort();
const firstCells = (document: string, table: string) =>
  tableOf(read(document), table)
    .map(([cell = '']) => cell)
    .sort();

const METRIC =
  /\.(counter|gauge|histogram)(?:<\w+>)?\(\{\s*name: '(alur_\w+)',\s*help: (['"])(.*?)\3,\s*(?:labels: \[([^\]]*)\])?/g;

/** Metric, who serves it, kind, labels and meaning, as the sources say. */
function metricsInCode(): string[][] {
  return filesLike(/^(services\/[^/]+\/src\/[^/]+|packages\/telemetry\/src\/create-metrics)\.ts$/).flatMap(
    (path) => {
      const service = /^services\/([^/]+)/.exec(path)?.[1] ?? 'all';
      return [...read(path).matchAll(METRIC)].map(([, kind = '', name = '', , help = '', labels = '']) => [
        code(name),
        service,
        kind,
        labels.replaceAll("'", ''),
        help,
      ]);
    },
  );
}

describe('tables of the documents', () => {
  test('docs/operations.md lists exactly the metrics in the code', () => {
    const inCode = metricsInCode();
    const named = filesLike(/^services\/[^/]+\/src\/[^/]+\.ts$/).flatMap((path) => [
      ...read(path).matchAll(/name: 'alur_\w+'/g),
    ]);
    expect(inCode).toHaveLength(named.length + 1);
    expect(sorted(tableOf(read('docs/operations.md'), 'metrics'))).toEqual(sorted(inCode));
  });

  test('docs/operations.md explains exactly the reasons of dead messages', () => {
    expect(firstCells('docs/operations.md', 'reasons')).toEqual(DeadReason.options.map(code).sort());
  });

  test('docs/flows.md lists exactly the node types', () => {
    expect(firstCells('docs/flows.md', 'nodes')).toEqual([...NODE_TYPES.keys()].map(code).sort());
  });

  test('docs/flows.md lists exactly the names that expressions may use', () => {
    const expected = Object.entries(ROOTS).map(([root, known]) => {
      if (typeof known === 'string') return [code(root), isScalar(known) ? '' : 'any'];
      return [code(root), Object.keys(known).map(code).join(', ')];
    });
    const rows = tableOf(read('docs/flows.md'), 'names').map(([name = '', fields = '']) => [name, fields]);
    expect(sorted(rows)).toEqual(sorted(expected));
  });

  test('docs/flows.md lists exactly the functions of our own', () => {
    const known = new Set(FUNCTIONS.map(({ name }) => name));
    const named = firstCells('docs/flows.md', 'functions').map((cell) => /^`(\w+)\(/.exec(cell)?.[1]);
    expect(new Set(named)).toEqual(known);
  });

  test('ARCHITECTURE.md lists exactly the keys that are kept in Redis', () => {
    const inCode = [...read('packages/store/src/keys.ts').matchAll(/`\$\{tag\}:([^`]+)`/g)].map(
      ([, key = '']) => code(key.replace(/\$\{(\w+)\}/g, '<$1>')),
    );
    expect(firstCells('ARCHITECTURE.md', 'keys')).toEqual(inCode.sort());
  });

  test('ARCHITECTURE.md lists exactly the scripts, in their own words', () => {
    const scripts = filesLike(/^packages\/store\/lua\/[^/]+\.lua$/).map((path) => {
      const [, name = '', does = ''] = /^-- ([\w-]+): (.+)$/m.exec(read(path)) ?? [];
      return [code(name), does];
    });
    expect(sorted(tableOf(read('ARCHITECTURE.md'), 'scripts'))).toEqual(sorted(scripts));
  });

  test('ARCHITECTURE.md has a line for every package and service', () => {
    const parts = filesLike(/^(packages|services)\/[^/]+\/package\.json$/).map((path) =>
      code(path.replace('/package.json', '')),
    );
    expect(firstCells('ARCHITECTURE.md', 'parts')).toEqual(parts.sort());
  });
});
