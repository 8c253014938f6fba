import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Json, JsonObject } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { EXPRESSION_MAX } from '../../packages/flow/src/expression/cel.ts';
import { createCompiler } from '../../packages/flow/src/expression/compile.ts';
import { FAILURE_CODES } from '../../packages/flow/src/expression/failure.ts';
import { FUNCTIONS, type FunctionEntry } from '../../packages/flow/src/expression/functions.ts';
import { METHODS } from '../../packages/flow/src/expression/methods.ts';
import { nameTypes } from '../../packages/flow/src/expression/value-type.ts';
import { LIST_MAX, TEXT_MAX, VALUE_MAX } from '../../packages/flow/src/expression/values.ts';
import { BUDGET } from '../../packages/flow/src/run/budget.ts';
import { fencesOf, read, ROOT, tableOf } from './markdown.ts';

// To write the tables anew: ALUR_UPDATE_DOCS=1 npm run jest -- test/docs/expressions && npx prettier --write docs/expressions.md
const IS_UPDATE = process.env['ALUR_UPDATE_DOCS'] === '1';
const DOCUMENT = 'docs/expressions.md';

const Row = z.object({
  expression: z.string(),
  gives: Json.optional(),
  fails: z.string().optional(),
  finding: z.string().optional(),
});
const Conformance = z.object({
  scope: z.object({
    roots: JsonObject,
    state: JsonObject,
    input: JsonObject,
    flow: JsonObject,
    outputs: JsonObject,
  }),
  groups: z.array(z.object({ name: z.string(), rows: z.array(Row) })),
});
const { scope, groups } = Conformance.parse(parse(read('packages/flow/src/expression/conformance.yaml')));
// The rows of large values are written short there and say nothing here; the limits have a table of their own.
const shown = groups.filter(({ name }) => name !== 'sizes');

const compile = createCompiler();
const declared = {
  state: new Set(Object.keys(scope.state)),
  anyState: false,
  input: new Set(Object.keys(scope.input)),
  flow: scope.flow,
  outputs: new Set(Object.keys(scope.outputs)),
};

function code(text: string): string {
  if (text === '') return '(nothing)';
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function outcome({ expression, gives, fails, finding }: z.infer<typeof Row>): string {
  if (finding === undefined) return fails === undefined ? code(JSON.stringify(gives)) : `fails: \`${fails}\``;
  const { problems, unknownNames } = compile(expression, declared);
  const fix = [...problems, ...unknownNames][0]?.fix;
  return fix === undefined ? code(finding) : `\`${finding}\`: ${fix}`;
}

const EXAMPLES: [string, string[][]][] = shown.map(({ name, rows }) => [
  name,
  rows.map((row) => [code(row.expression), outcome(row)]),
]);

const types = (allowed: FunctionEntry['params'][number]) => nameTypes(...allowed).replace(/^any$/, 'a value');

function signature({ name, params }: FunctionEntry, isMethod: boolean): string {
  const letters = params.map((_, index) => 'xyz'.charAt(index));
  return isMethod ? `x.${name}(${letters.slice(1).join(', ')})` : `${name}(${letters.join(', ')})`;
}

const listed = (entries: readonly FunctionEntry[], isMethod: boolean) =>
  entries.map((entry) => [
    code(signature(entry, isMethod)),
    entry.doc,
    entry.params.map(types).join('; '),
    nameTypes(entry.result),
  ]);

const HEADS: Record<string, string[]> = {
  functions: ['function', 'gives', 'takes', 'type'],
  methods: ['method', 'gives', 'takes', 'type'],
};
const TABLES: [string, string[][]][] = [
  ['functions', listed(FUNCTIONS, false)],
  ['methods', listed(METHODS, true)],
  ...EXAMPLES.map(([name, rows]): [string, string[][]] => [name === 'methods' ? 'behind' : name, rows]),
];

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function update(name: string, content: string): void {
  const between = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
  const text = read(DOCUMENT).replace(between, (_, from, to) => `${from}\n\n${content}\n\n${to}`);
  writeFileSync(join(ROOT, DOCUMENT), text);
}

describe('docs/expressions.md', () => {
  test.each(TABLES)('has the table of %s', (name, rows) => {
    if (IS_UPDATE) update(name, renderTable(HEADS[name] ?? ['expression', 'comes to'], rows));
    expect(tableOf(read(DOCUMENT), name)).toEqual(rows);
  });

  test('shows the state that its examples have', () => {
    const lines = Object.entries(scope).flatMap(([home, values]) =>
      Object.entries(values).map(([name, value]) => {
        const path = home === 'roots' || home === 'outputs' ? name : `${home}.${name}`;
        return `${path} = ${JSON.stringify(value)}`;
      }),
    );
    if (IS_UPDATE) update('scope', `\`\`\`text scope\n${lines.join('\n')}\n\`\`\``);
    expect(fencesOf(read(DOCUMENT)).find(({ info }) => info === 'text scope')?.text).toBe(
      `${lines.join('\n')}\n`,
    );
  });

  test('explains exactly the codes of failures', () => {
    expect(tableOf(read(DOCUMENT), 'failures').map(([name]) => name)).toEqual(FAILURE_CODES.map(code));
  });

  test('names the limits of the code', () => {
    const limits = tableOf(read(DOCUMENT), 'limits').map(([, limit = '']) =>
      Number(limit.replaceAll(',', '')),
    );
    expect(limits).toEqual([
      EXPRESSION_MAX,
      1000,
      64,
      1,
      TEXT_MAX,
      LIST_MAX,
      VALUE_MAX,
      BUDGET.expressionSteps,
    ]);
  });
});
