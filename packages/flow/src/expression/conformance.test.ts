import { readFileSync } from 'node:fs';
import { Json, JsonObject } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { createCompiler, ExpressionFailure } from './compile.ts';
import { FAILURE_CODES } from './failure.ts';
import { FUNCTIONS } from './functions.ts';
import { METHODS } from './methods.ts';
import { type DeclaredNames } from './names.ts';
import { type Scope } from './scope.ts';

const Row = z.strictObject({
  expression: z.string(),
  state: JsonObject.optional(),
  gives: Json.optional(),
  fails: z.enum(FAILURE_CODES).optional(),
  finding: z.string().optional(),
  fix: z.string().optional(),
});
const Table = z.strictObject({
  scope: z.strictObject({
    roots: JsonObject,
    state: JsonObject,
    input: JsonObject,
    flow: JsonObject,
    outputs: JsonObject,
  }),
  groups: z.array(z.strictObject({ name: z.string(), title: z.string(), rows: z.array(Row) })),
});

const table = Table.parse(parse(readFileSync(new URL('conformance.yaml', import.meta.url), 'utf8')));
const rows = table.groups.flatMap(({ title, rows: each }) =>
  each.map((row): [string, string, z.infer<typeof Row>] => [title, row.expression, row]),
);
const compile = createCompiler();

/** Large values are written short: `{times: 3, of: a}` is "aaa", `{items: 3}` a list of three numbers. */
function large(value: Json): Json {
  const short = z
    .union([
      z.strictObject({ times: z.number(), of: z.string() }).transform(({ times, of }) => of.repeat(times)),
      z.strictObject({ items: z.number() }).transform(({ items }) => Array.from({ length: items }, () => 1)),
    ])
    .safeParse(value);
  return short.success ? short.data : value;
}

function prepare(more: JsonObject = {}): { scope: Scope; declared: DeclaredNames } {
  const added = Object.entries(more).map(([key, value]) => [key, large(value)]);
  const state = { ...table.scope.state, ...JsonObject.parse(Object.fromEntries(added)) };
  const { input, flow, outputs } = table.scope;
  return {
    scope: { ...table.scope, state },
    declared: {
      state: new Set(Object.keys(state)),
      anyState: false,
      input: new Set(Object.keys(input)),
      flow,
      outputs: new Set(Object.keys(outputs)),
    },
  };
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionFailure) return error.code;
    throw error;
  }
}

describe('expressions', () => {
  test.each(rows)('%s: %s', (_, source, row) => {
    const { scope, declared } = prepare(row.state);
    const { expression, problems, unknownNames } = compile(source, declared);
    const [found] = [...problems, ...unknownNames];
    if (row.finding !== undefined) {
      expect(found?.code).toBe(row.finding);
      if (row.fix !== undefined) expect(found?.fix).toContain(row.fix);
      expect(found && found.start >= 0 && found.end <= source.length).toBe(true);
      expect(`${found?.message} ${found?.fix}`).not.toMatch(/\b[vi]_\d|\b[ofm]_[a-z]|dyn/);
      return;
    }
    expect([...problems, ...unknownNames]).toEqual([]);
    if (row.fails !== undefined) expect(codeOf(() => expression?.evaluate(scope))).toBe(row.fails);
    else expect(expression?.evaluate(scope)).toEqual(row.gives);
  });

  test('every function and method has rows', () => {
    const sources = rows.map(([, source]) => source).join('\n');
    const unseen = [
      ...FUNCTIONS.filter(({ name }) => !new RegExp(`\\b${name}\\(`).test(sources)),
      ...METHODS.filter(({ name }) => !sources.includes(`.${name}(`)),
    ];
    expect(unseen.map(({ name }) => name)).toEqual([]);
  });

  test('every code of a failure but the budget’s has rows', () => {
    const seen = new Set(rows.map(([, , { fails }]) => fails));
    expect(FAILURE_CODES.filter((code) => !seen.has(code))).toEqual(['budget']);
  });
});
