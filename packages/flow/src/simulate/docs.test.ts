import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { loaded } from '../testing/conversation.ts';
import { explainFailure } from './explain-failure.ts';
import { readTests } from './read-tests.ts';
import { runTests } from './run-tests.ts';
import { TestFile } from './test-file.ts';

const ROOT = new URL('../../../../', import.meta.url);
const text = readFileSync(new URL('docs/testing.md', ROOT), 'utf8');

/** Words in code in the first cells of a table. */
function keysOf(table: string): string[] {
  const [, part = ''] = new RegExp(`<!-- ${table} -->(.*?)<!-- /${table} -->`, 's').exec(text) ?? [];
  const cells = part.split('\n').map((line) => line.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key)).sort();
}

const Keyed = z.object({ properties: z.record(z.string(), z.unknown()) });
const Listed = z.object({ items: z.unknown() });

/** Keys of the map at a path of the published schema; `[]` is an entry of a list. */
function known(path: readonly string[]): string[] {
  let part: unknown = z.toJSONSchema(TestFile, { io: 'input', unrepresentable: 'any' });
  for (const key of path) part = key === '[]' ? Listed.parse(part).items : Keyed.parse(part).properties[key];
  return Object.keys(Keyed.parse(part).properties).sort();
}

describe('docs/testing.md', () => {
  test.each([
    ['file-keys', []],
    ['step-keys', ['tests', '[]', 'steps', '[]']],
    ['in-keys', ['tests', '[]', 'steps', '[]', 'in']],
    ['out-keys', ['tests', '[]', 'steps', '[]', 'out', '[]']],
  ])('lists exactly the keys that the schema knows: %s', (table, path) => {
    expect(keysOf(table)).toEqual(known(path));
  });

  const examples = [...text.matchAll(/^```yaml tests (\S+)\n(.*?)^```$/gms)];
  test.each(examples.map(([, folder = '', example = '']) => [folder, example]))(
    'its tests of %s pass',
    async (folder, example) => {
      const dir = new URL(`${folder}/`, ROOT);
      const names = readdirSync(dir).filter((name) => name.endsWith('.ygtc'));
      const flows = loaded(names.map((path) => ({ path, text: readFileSync(new URL(path, dir), 'utf8') })));
      const { suite, findings } = readTests({ path: 'docs/testing.md', text: example });
      expect(findings).toEqual([]);
      if (!suite) return;
      const results = await runTests(suite, flows);
      expect(results.flatMap((result) => explainFailure(suite, result) ?? [])).toEqual([]);
      expect(results.length).toBeGreaterThan(0);
    },
  );
});
