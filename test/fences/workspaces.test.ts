import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { MAY_IMPORT, PARTS, folderOf } from './parts.ts';
import { ROOT } from './tree-copy.ts';

// npm links every workspace at the top, so an import of a part that is not listed works on every machine
// and is seen by no tool (dependency-cruiser cannot tell it from a listed one): it is compared here.

interface Manifest {
  name: string;
  private: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

interface Project {
  references: { path: string }[];
}

const json = <T>(file: string): T => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
const manifestOf = (part: string) => json<Manifest>(`${folderOf(part)}/package.json`);
const referencesOf = (folder: string) =>
  json<Project>(path.join(folder, 'tsconfig.json')).references.map((one) =>
    path.posix.join(folder, one.path),
  );

/** The packages that a text imports, without Node's own and without files. */
function packagesIn(text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/u.exec(name)?.[0] ?? name);
}

function isSource(file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.split(path.sep).includes('testing');
}

function importedBy(part: string): string[] {
  const folder = path.join(ROOT, folderOf(part), 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isSource);
  const names = files.flatMap((file) => packagesIn(readFileSync(path.join(folder, file), 'utf8')));
  return [...new Set(names)].sort();
}

describe('workspaces', () => {
  test('packagesIn() sees every way of importing', () => {
    const text = [
      "import { a } from '@alur/types';",
      "import type { B } from '@alur/flow/deep';",
      "import 'pino';",
      "export { c } from 'yaml';",
      "const d = await import('express/lib');",
      "type E = import('zod').ZodType;",
      "import { readFile } from 'node:fs';",
      "import http from 'http';",
      "import { f } from './f.ts';",
    ].join('\n');
    expect(packagesIn(text)).toEqual(['@alur/types', '@alur/flow', 'pino', 'yaml', 'express', 'zod']);
  });

  test('are the parts that the table knows', () => {
    const folders = ['packages', 'services'].flatMap((parent) =>
      readdirSync(path.join(ROOT, parent)).map((name) => `${parent}/${name}`),
    );
    expect(folders.sort()).toEqual(PARTS.map(folderOf).sort());
  });

  test('are all built by the root tsconfig', () => {
    expect(referencesOf('.').sort()).toEqual(PARTS.map(folderOf).sort());
  });

  test.each(PARTS)('%s lists exactly what its sources import', (part) => {
    expect(Object.keys(manifestOf(part).dependencies ?? {}).sort()).toEqual(importedBy(part));
  });

  test.each(PARTS)('%s lists only parts that it may import', (part) => {
    const ours = Object.keys(manifestOf(part).dependencies ?? {}).filter((name) => name.startsWith('@alur/'));
    expect((MAY_IMPORT[part] ?? []).map((name) => `@alur/${name}`)).toEqual(expect.arrayContaining(ours));
  });

  test.each(PARTS)('%s references in its tsconfig the parts that it lists', (part) => {
    const ours = Object.keys(manifestOf(part).dependencies ?? {}).filter((name) => name.startsWith('@alur/'));
    const listed = ours.map((name) => folderOf(name.replace('@alur/', '')));
    expect(referencesOf(folderOf(part)).sort()).toEqual(listed.sort());
  });

  test.each(['.', ...PARTS.map(folderOf)])('%s is private and pins every version exactly', (folder) => {
    const { private: isPrivate, dependencies, devDependencies } = json<Manifest>(`${folder}/package.json`);
    expect(isPrivate).toBe(true);
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+$/u);
    }
  });
});
