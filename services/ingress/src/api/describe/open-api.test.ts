import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { read, ROOT, tableOf } from '../../../../../test/docs/markdown.ts';
import { ROUTES } from '../routes/index.ts';
import { openApi } from './open-api.ts';
import type { OpenApi, Operation } from './open-api-type.ts';

// ALUR_UPDATE_DOCS=1 writes anew what is compared here; `npm run format:fix` afterwards.
const UPDATES = process.env['ALUR_UPDATE_DOCS'] === '1';
const PUBLISHED = join(ROOT, 'schema/openapi.json');
const DOCUMENT = 'docs/api.md';

const described = openApi(ROUTES);
const written: unknown = JSON.parse(JSON.stringify(described));

/** Every object inside of a value, with its place. */
function* objectsIn(
  value: unknown,
  path: string[] = [],
): Generator<{ path: string[]; members: Map<string, unknown> }> {
  if (typeof value !== 'object' || value === null) return;
  const members = new Map(Object.entries(value));
  yield { path, members };
  for (const [key, member] of members) yield* objectsIn(member, [...path, key]);
}

function at(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => new Map(Object.entries(value ?? {})).get(key), written);
}

const operations = ({ paths }: OpenApi): [string, string, Operation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  );

describe('openApi()', () => {
  test('is what schema/openapi.json says', () => {
    const text = `${JSON.stringify(described, null, 2)}\n`;
    if (UPDATES) writeFileSync(PUBLISHED, text);
    expect(readFileSync(PUBLISHED, 'utf8')).toBe(text);
  });

  test('says of every route what it has', () => {
    const said = operations(described).map(([path, method]) => `${method.toUpperCase()} ${path}`);
    const paths = ROUTES.map(({ method, path }) => `${method} /${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(said.sort()).toEqual(paths.sort());
    expect(described).toMatchObject({
      openapi: '3.1.1',
      info: { title: expect.any(String), version: expect.any(String) },
    });
    for (const [, , { responses, summary }] of operations(described)) {
      expect(summary).not.toBe('');
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '429', '503']));
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
      for (const answer of Object.values(responses))
        expect('$ref' in answer || answer.description !== '').toBe(true);
    }
  });

  test('refers to nothing that is not there, and no schema points to another document', () => {
    const refs = [...objectsIn(written)].flatMap(({ members }) => {
      const ref = members.get('$ref');
      return typeof ref === 'string' ? [ref] : [];
    });
    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((ref) => !ref.startsWith('#/components/') || at(ref) === undefined)).toEqual([]);
    const keys = [...objectsIn(written)].flatMap(({ members }) => [...members.keys()]);
    expect(keys.filter((key) => ['$id', '$schema', '$defs', '~standard'].includes(key))).toEqual([]);
  });

  test('names each type that a body may have', () => {
    const types = operations(described).flatMap(([, , { requestBody }]) =>
      Object.keys(requestBody?.content ?? {}),
    );
    expect([...new Set(types)].sort()).toEqual([
      'application/json',
      'application/x-ndjson',
      'text/csv',
      'text/plain',
    ]);
  });

  test('maps each kind of message to a schema of this kind', () => {
    const message = at('#/components/schemas/Message');
    expect(message).toMatchObject({ oneOf: expect.any(Array), discriminator: { propertyName: 'kind' } });
    const mapping = Object.entries(Object(at('#/components/schemas/Message/discriminator/mapping')));
    expect(mapping).toHaveLength(8);
    for (const [kind, ref] of mapping)
      expect(at(String(ref))).toMatchObject({ properties: { kind: { const: kind } } });
  });

  test('declares each parameter of a path, once, and no other', () => {
    for (const [path, , { parameters }] of operations(described)) {
      const inPath = parameters.filter((each) => each.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required)).toBe(true);
      const names = parameters.map((each) => `${each.in} ${each.name}`);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('gives every operation a name of its own, and every route a name for what it counts', () => {
    const ids = operations(described).map(([, , { operationId }]) => operationId);
    expect(ids.filter((id, index) => !/^[a-z][A-Za-z]*$/.test(id) || ids.indexOf(id) !== index)).toEqual([]);
    for (const id of [...ids, ...Object.keys(described.components.schemas)]) expect(id).toMatch(/^\w+$/);
  });

  test('has only schemas whose words JSON Schema knows', () => {
    const types = [...objectsIn(at('#/components/schemas'))].flatMap(
      ({ members }) => members.get('type') ?? [],
    );
    const known = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
    expect(types.filter((type) => typeof type === 'string' && !known.includes(type))).toEqual([]);
    const patterns = [...objectsIn(written)].flatMap(({ members }) => members.get('pattern') ?? []);
    for (const pattern of patterns)
      if (typeof pattern === 'string') expect(() => new RegExp(pattern, 'u')).not.toThrow();
  });
});

describe(DOCUMENT, () => {
  test('lists exactly the paths of the API', () => {
    const rows = ROUTES.map(({ method, path, scope, summary }) => [
      `\`${method} ${path.replace(/:(\w+)/g, '{$1}')}\``,
      `\`${scope}\``,
      summary,
    ]);
    if (UPDATES) writeTable(['path', 'scope', 'does'], rows);
    expect(tableOf(read(DOCUMENT), 'routes')).toEqual(rows);
  });
});

function writeTable(head: string[], rows: string[][]): void {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  const text = read(DOCUMENT).replace(
    /(<!-- routes -->)[^]*(<!-- \/routes -->)/,
    (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`,
  );
  writeFileSync(join(ROOT, DOCUMENT), text);
}
