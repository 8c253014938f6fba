import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flowJsonSchema, readTests } from '@alur/flow';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { runAlur } from '../testing/run-alur.ts';
import { schemaText } from './schema-text.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-schema-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

describe('alur schema', () => {
  test('prints a JSON Schema', async () => {
    const { exit, out, err } = await runAlur(['schema'], cwd);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      required: ['name', 'version', 'nodes', 'triggers'],
    });
  });

  test('--out writes the very same to a file', async () => {
    const { out } = await runAlur(['schema'], cwd);
    expect(await runAlur(['schema', '--out', 'a.json'], cwd)).toMatchObject({
      exit: 0,
      out: 'The schema is in a.json\n',
    });
    expect(await readFile(join(cwd, 'a.json'), 'utf8')).toBe(out);
  });

  test('--json has it as data', async () => {
    const { out } = await runAlur(['schema', '--json'], cwd);
    expect(JSON.parse(out)).toMatchObject({ ok: true, command: 'schema', data: { title: 'Alur flow' } });
  });
});

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PUBLISHED = join(ROOT, 'schema/ygtc.tests.schema.json');
const SUITES = readdirSync(join(ROOT, 'flows'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.yaml'))
  .sort();

const FINE = 'tests:\n  - name: a\n    steps:\n      - in: hi\n        out: [Hello]\n';

describe('alur schema --tests', () => {
  const isSuite = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    validateFormats: false,
  }).compile(flowJsonSchema('tests'));

  // ALUR_UPDATE_DOCS=1 writes the file anew.
  test('prints what is in schema/ygtc.tests.schema.json', async () => {
    const { out } = await runAlur(['schema', '--tests'], cwd);
    expect(out).toBe(schemaText(flowJsonSchema('tests')));
    if (process.env['ALUR_UPDATE_DOCS'] === '1') writeFileSync(PUBLISHED, out);
    expect(readFileSync(PUBLISHED, 'utf8')).toBe(out);
  });

  test.each(SUITES)('takes flows/%s', (name) => {
    isSuite(parse(readFileSync(join(ROOT, 'flows', name), 'utf8')));
    expect(isSuite.errors ?? []).toEqual([]);
  });

  test.each([
    ['a misspelt key', 'steps:', 'stepz:'],
    ['a misspelt key of a step', 'out:', 'outs:'],
    ['a misspelt thing that happens', 'in: hi', 'in: { txt: hi }'],
    ['a value that is not one of those', 'in: hi', 'in: { status: gone }'],
    ['a list in the place of a text', 'name: a', 'name: [a]'],
    ['no steps', /    steps:[^]*/.exec(FINE)?.[0] ?? '', ''],
  ])('refuses %s, as `alur test` does', (_, from, to) => {
    expect(isSuite(parse(FINE))).toBe(true);
    expect(readTests({ path: 'a', text: FINE }).findings).toEqual([]);
    const text = FINE.replace(from, to);
    expect(isSuite(parse(text))).toBe(false);
    expect(readTests({ path: 'a', text }).findings).not.toEqual([]);
  });
});
