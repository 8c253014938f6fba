import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ToolRun, type TreeCopy, copyTree } from './tree-copy.ts';

/** One rule: a file that breaks it, and its twin that does the same thing properly. */
interface Fence {
  what: string;
  rule: string;
  message?: string;
  /** From the root; `packages/types/src` when only the name matters. */
  folder?: string;
  bad: string;
  good: string;
}

const lines = (count: number, indent: string) =>
  Array.from({ length: count }, (_, n) => `${indent}list.push(${n});`);
const functionOf = (count: number) =>
  ['export function planted(list: number[]): void {', ...lines(count - 2, '  '), '}', ''].join('\n');
const fileOf = (count: number) =>
  Array.from({ length: count }, (_, n) => `export const planted${n} = ${n};\n`).join('');
const colours = "type Colour = 'red' | 'green';\n";
const later = 'const later = async (): Promise<void> => Promise.resolve();\n';

const FENCES: Fence[] = [
  {
    what: 'a default export',
    rule: 'no-restricted-syntax',
    message: 'Named exports only.',
    bad: 'const planted = 1;\nexport default planted;\n',
    good: 'export const planted = 1;\n',
  },
  {
    what: 'a value from outside that zod reads itself',
    rule: 'no-restricted-syntax',
    message: 'Use `readAs` of @alur/types: zod throws at some values from outside.',
    bad: "import { z } from 'zod';\nexport const planted = (value: unknown) => z.string().safeParse(value);\n",
    good: 'export const planted = (value: unknown, readAs: (value: unknown) => string) => readAs(value);\n',
  },
  {
    what: 'an export of everything',
    rule: 'no-restricted-syntax',
    message: 'Spell the names out.',
    bad: "export * from './ids.ts';\n",
    good: "export { TenantId } from './ids.ts';\n",
  },
  {
    what: 'a type assertion',
    rule: 'no-restricted-syntax',
    message: 'Parse, do not assert: no `as` but `as const`.',
    bad: 'export const planted = (value: unknown) => value as string;\n',
    good: "export const planted = ['a'] as const;\n",
  },
  {
    what: 'a type assertion in the engine',
    rule: 'no-restricted-syntax',
    message: 'Parse, do not assert: no `as` but `as const`.',
    folder: 'packages/flow/src',
    bad: 'export const planted = (value: unknown) => value as string;\n',
    good: "export const planted = ['a'] as const;\n",
  },
  {
    what: 'any',
    rule: '@typescript-eslint/no-explicit-any',
    bad: 'export const planted = (value: any) => value;\n',
    good: 'export const planted = (value: unknown) => value;\n',
  },
  {
    what: 'a floating promise',
    rule: '@typescript-eslint/no-floating-promises',
    bad: `${later}export function planted(): void {\n  later();\n}\n`,
    good: `${later}export function planted(): void {\n  void later();\n}\n`,
  },
  {
    what: 'a switch that forgets a member of its union',
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    bad: `${colours}export function planted(colour: Colour): number {\n  switch (colour) {\n    case 'red':\n      return 1;\n  }\n  return 2;\n}\n`,
    good: `${colours}export function planted(colour: Colour): number {\n  switch (colour) {\n    case 'red':\n      return 1;\n    case 'green':\n      return 2;\n  }\n}\n`,
  },
  {
    what: 'a function of 41 lines',
    rule: 'max-lines-per-function',
    bad: functionOf(41),
    good: functionOf(40),
  },
  { what: 'a file of 251 lines', rule: 'max-lines', bad: fileOf(251), good: fileOf(250) },
  {
    what: 'the environment read outside config.ts',
    rule: 'no-restricted-globals',
    folder: 'services/sender/src',
    bad: "export const planted = () => process.env['PORT'];\n",
    good: 'export const planted = (port: number) => port;\n',
  },
  {
    what: 'the environment read through an import',
    rule: 'no-restricted-imports',
    folder: 'services/sender/src',
    bad: "import { env } from 'node:process';\nexport const planted = () => env['PORT'];\n",
    good: 'export const planted = (port: number) => port;\n',
  },
  {
    what: 'a line on the console',
    rule: 'no-console',
    bad: "export const planted = () => console.error('planted');\n",
    good: "export const planted = (say: (line: string) => void) => say('planted');\n",
  },
  {
    what: 'a type imported as a value',
    rule: '@typescript-eslint/consistent-type-imports',
    bad: "import { TurnState } from './planted-state.ts';\nexport const planted = (state: TurnState) => state;\n",
    good: "import { type TurnState } from './planted-state.ts';\nexport const planted = (state: TurnState) => state;\n",
  },
  {
    what: 'a loose comparison',
    rule: 'eqeqeq',
    bad: 'export const planted = (a: string, b: string) => a == b;\n',
    good: 'export const planted = (a: string, b: string) => a === b;\n',
  },
  {
    what: 'Date.now in the engine',
    rule: 'no-restricted-properties',
    message: 'The engine takes `now` from the event.',
    folder: 'packages/flow/src',
    bad: 'export const planted = () => Date.now();\n',
    good: 'export const planted = (event: { at: number }) => event.at;\n',
  },
  {
    what: 'Math.random in the engine',
    rule: 'no-restricted-properties',
    message: 'The engine is deterministic.',
    folder: 'packages/flow/src',
    bad: 'export const planted = () => Math.random();\n',
    good: 'export const planted = () => Math.floor(1.5);\n',
  },
  {
    what: 'new Date() in the engine',
    rule: 'no-restricted-syntax',
    message: 'The engine has no clock.',
    folder: 'packages/flow/src',
    bad: 'export const planted = () => new Date();\n',
    good: 'export const planted = (event: { at: number }) => new Date(event.at);\n',
  },
  {
    what: 'Date() in the engine',
    rule: 'no-restricted-syntax',
    message: 'The engine has no clock.',
    folder: 'packages/flow/src',
    bad: 'export const planted = () => Date();\n',
    good: 'export const planted = (text: string) => Date.parse(text);\n',
  },
];

// Type-aware linting reads whole programs: only the parts that are planted in, and of those the front doors.
const isWanted = (file: string) =>
  !file.includes('/') ||
  file === 'test/support/wait.ts' ||
  /^(?:packages\/(?:types|flow|cli)|services\/sender)\/(?:[^/]+\.json|src\/(?:index|main|ids)\.ts)$/u.test(
    file,
  );

/** What another rule would refuse, and these places may do. */
const EXEMPT = {
  'services/sender/src/planted/config.ts': "export const planted = () => process.env['PORT'];\n",
  'packages/cli/src/planted-say.ts': "export const planted = () => console.log('planted');\n",
  'packages/types/src/planted-state.ts': "export type TurnState = 'open' | 'ended';\n",
};

const fileAt = (index: number, kind: 'bad' | 'good') =>
  `${FENCES[index]?.folder ?? 'packages/types/src'}/planted-${kind}-${index}.ts`;

const planted = (kind: 'bad' | 'good') =>
  Object.fromEntries(FENCES.map((fence, index) => [fileAt(index, kind), fence[kind]]));

describe('eslint', () => {
  let copy: TreeCopy | undefined;
  let run: ToolRun;
  let problems: { file: string; rule: string | null; message: string }[];

  beforeAll(async () => {
    copy = await copyTree(isWanted);
    const files = { ...EXEMPT, ...planted('good'), ...planted('bad') };
    await copy.plant(files);
    run = await copy.run('eslint', ['--format', 'json', ...Object.keys(files)]);
    problems = problemsOf(run);
  }, 120_000);
  afterAll(() => copy?.remove());

  test('finds nothing in the twins that keep the rules, nor where a rule makes an exception', () => {
    expect(problems.filter(({ file }) => !file.startsWith('planted-bad-'))).toEqual([]);
  });

  test('fails when something is planted', () => {
    expect(run.code).toBe(1);
  });

  test.each(FENCES.map((fence, index) => ({ ...fence, file: path.basename(fileAt(index, 'bad')) })))(
    'refuses $what ($rule)',
    ({ rule, message, file }) => {
      expect(problems.filter((problem) => problem.file === file)).toContainEqual({
        file,
        rule,
        message: message === undefined ? expect.any(String) : expect.stringContaining(message),
      });
    },
  );
});

function problemsOf(run: ToolRun) {
  const start = run.output.indexOf('[{');
  if (start < 0) throw new Error(`eslint gave no report:\n${run.output}`);
  const end = run.output.lastIndexOf('}]') + 2;
  const report: { filePath: string; messages: { ruleId: string | null; message: string }[] }[] = JSON.parse(
    run.output.slice(start, end),
  );
  return report.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => ({ file: path.basename(filePath), rule: ruleId, message })),
  );
}
