import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ToolRun, type TreeCopy, copyTree } from './tree-copy.ts';

describe('knip', () => {
  let copy: TreeCopy | undefined;
  let clean: ToolRun;
  let planted: ToolRun;

  beforeAll(async () => {
    copy = await copyTree();
    clean = await copy.run('knip', ['--no-progress']);
    await copy.append('packages/bundle/src/index.ts', "export { plantedUsed } from './planted.ts';\n");
    await copy.plant({
      'packages/bundle/src/planted.ts':
        "import 'prom-client';\nexport const plantedUsed = 1;\nexport const plantedUnused = 2;\nexport type PlantedType = 3;\n",
      'packages/bundle/src/planted-file.ts': 'export const nobody = 1;\n',
      'services/sender/src/planted-file.ts': 'export const nobody = 1;\n',
      'scripts/planted-file.mjs': 'export const nobody = 1;\n',
      'packages/newcomer/package.json': JSON.stringify({
        name: '@alur/newcomer',
        type: 'module',
        exports: './src/index.ts',
        dependencies: { '@alur/types': '0.1.0', pino: '10.4.0' },
      }),
      'packages/newcomer/src/index.ts': 'export const newcomer = 1;\n',
    });
    planted = await copy.run('knip', ['--no-progress']);
  }, 120_000);
  afterAll(() => copy?.remove());

  test('finds nothing in the copy before anything is planted', () => {
    expect(clean).toEqual({ code: 0, output: '' });
  });

  test('fails when something is planted', () => {
    expect(planted.code).toBe(1);
  });

  test.each([
    {
      what: 'a file that nothing imports, in a package',
      section: 'Unused files',
      line: /bundle\/src\/planted-file\.ts/,
    },
    {
      what: 'a file that nothing imports, in a service',
      section: 'Unused files',
      line: /sender\/src\/planted-file\.ts/,
    },
    { what: 'a script that nothing starts', section: 'Unused files', line: /scripts\/planted-file\.mjs/ },
    {
      what: 'an export that nothing imports',
      section: 'Unused exports',
      line: /plantedUnused .*bundle\/src\/planted\.ts/,
    },
    {
      what: 'a type that nothing imports',
      section: 'Unused exported types',
      line: /PlantedType .*bundle\/src\/planted\.ts/,
    },
    {
      what: 'a listed package that is not used',
      section: 'Unused dependencies',
      line: /pino .*newcomer\/package\.json/,
    },
    {
      what: 'a listed package of ours that is not used',
      section: 'Unused dependencies',
      line: /@alur\/types .*newcomer\/package\.json/,
    },
    {
      what: 'a used package that is not listed',
      section: 'Unlisted dependencies',
      line: /prom-client .*bundle\/src\/planted\.ts/,
    },
  ])('reports $what', ({ section, line }) => {
    const start = planted.output.indexOf(`${section} (`);
    expect(start).toBeGreaterThanOrEqual(0);
    const body = planted.output.slice(start).split('\n').slice(1);
    const end = body.findIndex((text) => /^[A-Z][\w ]+ \(\d+\)$/u.test(text));
    expect(body.slice(0, end < 0 ? undefined : end)).toContainEqual(expect.stringMatching(line));
  });

  test('spares what is used', () => {
    expect(planted.output).not.toContain('plantedUsed');
  });
});

describe('prettier', () => {
  const ARGS = ['--check', 'packages/types', 'scripts'];
  let copy: TreeCopy | undefined;

  beforeAll(async () => {
    copy = await copyTree((file) => /^(packages\/types|scripts)\/|^\.prettier/u.test(file));
  });
  afterAll(() => copy?.remove());

  test('finds nothing in the copy, and an unformatted file once there is one', async () => {
    expect(await copy?.run('prettier', ARGS)).toEqual({
      code: 0,
      output: expect.stringContaining('All matched files use Prettier code style'),
    });
    await copy?.plant({ 'packages/types/src/planted.ts': 'export const planted = "a"\n' });
    expect(await copy?.run('prettier', ARGS)).toEqual({
      code: 1,
      output: expect.stringContaining('[warn] packages/types/src/planted.ts'),
    });
  }, 60_000);
});
