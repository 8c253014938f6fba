import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HOMES, MAY_IMPORT, PARTS, folderOf, specifierOf } from './parts.ts';
import { ROOT, type ToolRun, type TreeCopy, copyTree } from './tree-copy.ts';

// Every import that one part could make of another is planted, allowed or not: one run of
// dependency-cruiser then has to refuse exactly those that the tables forbid.

const ARGS = ['--config', '.dependency-cruiser.mjs', 'packages', 'services'];

interface Violation {
  rule: string;
  from: string;
  to: string;
}

interface Fence {
  rule: string;
  what: string;
  /** Each file that is planted, from the root, and its text. */
  files: Readonly<Record<string, string>>;
}

const RULES: Fence[] = [
  {
    rule: 'direction: packages/whatsapp',
    what: 'a type-only import against the direction',
    files: {
      'packages/whatsapp/src/planted-type.ts':
        "import type { Bundle } from '@alur/bundle';\nexport type Planted = Bundle;\n",
    },
  },
  {
    rule: 'the engine is pure',
    what: 'a Node module in the engine',
    files: { 'packages/flow/src/planted-fs.ts': "import 'node:fs';\n" },
  },
  {
    rule: 'the engine is pure',
    what: 'a Node module without the node: prefix in the engine',
    files: { 'packages/flow/src/planted-http.ts': "import 'http';\n" },
  },
  {
    rule: 'the engine is small',
    what: 'bullmq in the engine',
    files: { 'packages/flow/src/planted-bullmq.ts': "import 'bullmq';\n" },
  },
  {
    rule: 'front door',
    what: 'another package entered past its index',
    files: { 'services/sender/src/planted-deep.ts': "import '../../../packages/store/src/keys.ts';\n" },
  },
  {
    rule: 'found',
    what: 'another package entered past its exports',
    files: { 'services/sender/src/planted-inside.ts': "import '@alur/store/src/keys.ts';\n" },
  },
  {
    rule: 'found',
    what: 'a service imported by its name',
    files: { 'packages/cli/src/planted-name.ts': "import '@alur/sender';\n" },
  },
  {
    rule: 'no service or cli is a library',
    what: 'a service imported by a service',
    files: { 'services/sender/src/planted-service.ts': "import '../../ingress/src/create-app.ts';\n" },
  },
  {
    rule: 'no service or cli is a library',
    what: 'a service imported by the cli',
    files: { 'packages/cli/src/planted-service.ts': "import '../../../services/ingress/src/config.ts';\n" },
  },
  {
    rule: 'no service or cli is a library',
    what: 'a service imported by a test',
    files: { 'packages/store/src/planted.test.ts': "import '../../../services/ingress/src/config.ts';\n" },
  },
  {
    rule: 'no service or cli is a library',
    what: 'the cli imported by a package',
    files: { 'packages/bundle/src/planted-cli.ts': "import '@alur/cli';\n" },
  },
  {
    rule: 'the emulator is no library',
    what: 'the emulator imported by a service',
    files: { 'services/ingress/src/planted-emulator.ts': "import '@alur/emulator';\n" },
  },
  {
    rule: 'no cycles',
    what: 'a cycle',
    files: {
      'packages/bundle/src/planted-a.ts':
        "import { b } from './planted-b.ts';\nexport const a = (): unknown => b;\n",
      'packages/bundle/src/planted-b.ts':
        "import { a } from './planted-a.ts';\nexport const b = (): unknown => a;\n",
    },
  },
  {
    rule: 'no cycles',
    what: 'a cycle of types alone',
    files: {
      'packages/bundle/src/planted-c.ts':
        "import type { D } from './planted-d.ts';\nexport type C = D | 'c';\n",
      'packages/bundle/src/planted-d.ts': "import type { C } from './planted-c.ts';\nexport type D = C[];\n",
    },
  },
  {
    rule: 'tests are not a library',
    what: 'a test imported from source',
    files: {
      'packages/types/src/planted-from-test.ts': "import './planted.test.ts';\n",
      'packages/types/src/planted.test.ts': 'export const planted = 1;\n',
    },
  },
  {
    rule: 'tests are not a library',
    what: 'a test support imported from source',
    files: {
      'packages/types/src/planted-from-support.ts': "import './testing/planted.ts';\n",
      'packages/types/src/testing/planted.ts': 'export const planted = 1;\n',
    },
  },
  {
    rule: 'declared',
    what: 'an installed package that the part does not list',
    files: { 'packages/whatsapp/src/planted-undeclared.ts': "import 'prettier';\n" },
  },
  {
    rule: 'declared',
    what: 'an undeclared package that is entered through its dist',
    files: { 'packages/whatsapp/src/planted-dist.ts': "import 'bullmq';\n" },
  },
  {
    rule: 'every part is listed',
    what: 'a package that the table does not know',
    files: {
      'packages/newcomer/src/index.ts': "import './planted.ts';\n",
      'packages/newcomer/src/planted.ts': '',
    },
  },
];

function matrix(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const part of PARTS) {
    for (const other of PARTS.filter((name) => name !== part)) {
      files[`${folderOf(part)}/src/planted-part-${other}.ts`] = `import '${specifierOf(other)}';\n`;
    }
    for (const [index, name] of Object.keys(HOMES).entries()) {
      files[`${folderOf(part)}/src/planted-outside-${index}.ts`] = `import '${name}';\n`;
    }
  }
  return files;
}

/** The lines of the report: `error <rule>: <from> → <to>`. */
function violationsOf(run: ToolRun): Violation[] {
  return [...run.output.matchAll(/^\s*error (.+): (\S+) → ?(\S*)/gmu)].map(
    ([, rule = '', from = '', to = '']) => ({
      rule,
      from,
      to,
    }),
  );
}

describe('dependency-cruiser', () => {
  let copy: TreeCopy | undefined;
  let clean: ToolRun;
  let planted: ToolRun;
  let violations: Violation[];

  beforeAll(async () => {
    copy = await copyTree();
    clean = await copy.run('depcruise', ARGS);
    await copy.plant(matrix());
    for (const { files } of RULES) await copy.plant(files);
    planted = await copy.run('depcruise', ARGS);
    violations = violationsOf(planted);
  }, 120_000);
  afterAll(() => copy?.remove());

  test('finds nothing in the copy before anything is planted', () => {
    expect(clean).toEqual({ code: 0, output: expect.stringContaining('no dependency violations found') });
  });

  test('fails when something is planted', () => {
    expect(planted.code).toBeGreaterThan(0);
  });

  test('has no rule that nothing here breaks', async () => {
    const config = await readFile(path.join(ROOT, '.dependency-cruiser.mjs'), 'utf8');
    const rules = [...config.matchAll(/\bname: '([^']+)'/gu)].map(([, name]) => name);
    expect(rules).not.toEqual([]);
    expect(RULES.map(({ rule }) => rule)).toEqual(expect.arrayContaining(rules));
  });

  test.each(PARTS)('lets %s import what the table allows, and nothing else', (part) => {
    const refused = PARTS.filter((other) =>
      violations.some(
        ({ rule, from }) =>
          rule === `direction: ${folderOf(part)}` &&
          from === `${folderOf(part)}/src/planted-part-${other}.ts`,
      ),
    );
    const allowed = MAY_IMPORT[part] ?? [];
    expect(refused).toEqual(PARTS.filter((other) => other !== part && !allowed.includes(other)));
  });

  test.each(Object.keys(HOMES))('keeps %s where it belongs', (name) => {
    const index = Object.keys(HOMES).indexOf(name);
    const refused = PARTS.filter((part) =>
      violations.some(
        ({ rule, from }) =>
          rule.startsWith('outside package: ') &&
          rule.includes(name) &&
          from === `${folderOf(part)}/src/planted-outside-${index}.ts`,
      ),
    );
    expect(refused).toEqual(PARTS.filter((part) => !HOMES[name]?.includes(part)));
  });

  test.each(RULES)('refuses $what ($rule)', ({ rule, files }) => {
    const names = Object.keys(files);
    expect(violations.filter((found) => found.rule === rule && names.includes(found.from))).not.toEqual([]);
  });
});
