import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ToolRun, type TreeCopy, copyTree } from './tree-copy.ts';

// The engine is compiled with its real sources: one type file of a package that it uses could bring Node's
// globals back for all of them.

const NOT_IN_THE_ENGINE = ['process', 'fetch', 'setTimeout', 'setInterval', 'Buffer', 'console', 'crypto'];

const FAULTS = [
  { what: 'an enum', error: 'TS1294', text: 'export enum Planted {\n  One,\n}\n' },
  { what: 'a namespace', error: 'TS1294', text: 'export namespace Planted {\n  export const one = 1;\n}\n' },
  {
    what: 'a parameter property',
    error: 'TS1294',
    text: 'export class Planted {\n  constructor(readonly one: number) {}\n}\n',
  },
  {
    what: 'an assertion in angle brackets',
    error: 'TS1294',
    text: 'export const planted = (value: unknown) => <string>value;\n',
  },
  {
    what: 'an item of a list taken for granted',
    error: 'TS2322',
    text: 'export const planted = (list: string[]): string => list[0];\n',
  },
  {
    what: 'a member of an union forgotten by unreachable()',
    error: 'TS2345',
    text:
      "declare function unreachable(value: never): never;\nexport function planted(colour: 'red' | 'green'): number {\n" +
      "  switch (colour) {\n    case 'red':\n      return 1;\n    default:\n      return unreachable(colour);\n  }\n}\n",
  },
  {
    what: 'an import of a package that is not referenced',
    error: 'TS2307',
    text: "export { readBundle } from '@alur/bundle';\n",
  },
];

const globalFile = (name: string) => `packages/flow/src/planted-${name.toLowerCase()}.ts`;
const faultFile = (index: number) => `packages/flow/src/planted-fault-${index}.ts`;

describe('tsc', () => {
  let copy: TreeCopy | undefined;
  let clean: ToolRun;
  let planted: ToolRun;

  beforeAll(async () => {
    copy = await copyTree((file) =>
      /^packages\/(flow|types|templates|bundle)\/|^tsconfig|^package\.json$/u.test(file),
    );
    clean = await copy.run('tsc', ['-b', 'packages/flow']);
    for (const name of NOT_IN_THE_ENGINE) {
      await copy.plant({ [globalFile(name)]: `export const planted = (): unknown => ${name};\n` });
    }
    for (const [index, { text }] of FAULTS.entries()) await copy.plant({ [faultFile(index)]: text });
    planted = await copy.run('tsc', ['-b', 'packages/flow']);
  }, 120_000);
  afterAll(() => copy?.remove());

  test('finds nothing in the engine as it is', () => {
    expect(clean).toEqual({ code: 0, output: '' });
  });

  test('fails when something is planted', () => {
    expect(planted.code).toBeGreaterThan(0);
  });

  test.each(NOT_IN_THE_ENGINE)('knows no %s in the engine', (name) => {
    const report = planted.output.split('\n').filter((line) => line.startsWith(globalFile(name)));
    expect(report).toEqual([expect.stringContaining(`Cannot find name '${name}'`)]);
  });

  test.each(FAULTS.map((fault, index) => ({ ...fault, file: faultFile(index) })))(
    'refuses $what ($error)',
    ({ error, file }) => {
      const report = planted.output.split('\n').filter((line) => line.startsWith(file));
      expect(report).toContainEqual(expect.stringContaining(`error ${error}:`));
    },
  );
});
