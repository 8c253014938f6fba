import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flowJsonSchema, loadFlows } from '@alur/flow';
import { describe, expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { schemaText } from '../../packages/cli/src/commands/schema-text.ts';
import { openSource } from '../../packages/flow/src/load/source-file.ts';
import { readYaml } from '../../packages/flow/src/load/yaml-file.ts';
import { NODE_TYPES } from '../../packages/flow/src/nodes/index.ts';
import { documents, fencesOf, filesLike, read, ROOT } from './markdown.ts';

const PUBLISHED = 'schema/ygtc.schema.json';

// `enumDescriptions` is for editors; a check knows nothing of it.
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  keywords: ['enumDescriptions'],
  allowUnionTypes: true,
  strictRequired: false,
});
const isFlow = ajv.compile(flowJsonSchema());
const isNode = ajv.compile({
  ...flowJsonSchema(),
  type: 'object',
  properties: {},
  required: [],
  additionalProperties: true,
  allOf: [{ $ref: '#/definitions/node' }],
});

const parse = (text: string): unknown => readYaml(openSource({ path: 'a', text }))?.value;

/** What the schema complains about, in words; nothing when all is well. */
function complaints(check: ValidateFunction, value: unknown): string[] {
  return check(value)
    ? []
    : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ''}`);
}

const snippets = (info: string) =>
  documents().flatMap((document) =>
    fencesOf(read(document))
      .filter((fence) => fence.info === info)
      .map(({ text }, index) => ({ label: `${document}, block ${index + 1}`, text })),
  );

const flowFiles = [
  ...filesLike(/\.ygtc$/, 'flows'),
  ...filesLike(/\/fixtures\/booking\.ygtc$/, 'packages'),
].map((path) => ({
  label: path,
  text: read(path),
}));

describe('the published JSON Schema', () => {
  // ALUR_UPDATE_DOCS=1 writes the file anew.
  test(`${PUBLISHED} is what \`alur schema\` prints`, () => {
    const text = schemaText(flowJsonSchema());
    if (process.env['ALUR_UPDATE_DOCS'] === '1') writeFileSync(join(ROOT, PUBLISHED), text);
    expect(read(PUBLISHED)).toBe(text);
  });

  test.each([...flowFiles, ...snippets('yaml flow')])('takes $label', ({ text }) => {
    expect(complaints(isFlow, parse(text))).toEqual([]);
  });

  test.each(snippets('yaml nodes'))('takes the nodes of $label', ({ text }) => {
    const nodes: unknown = parse(text);
    expect(Array.isArray(nodes)).toBe(true);
    for (const node of Array.isArray(nodes) ? nodes : []) expect(complaints(isNode, node)).toEqual([]);
  });

  test.each([...NODE_TYPES.values()])(
    'takes the example of $type, at the node what may stand there, and has its doc',
    ({ type, example, lifted, doc }) => {
      const node = { id: 'a', type, ...example, next: 'b', on_error: 'c', output: 'd', timeout: 1 };
      expect(complaints(isNode, node)).toEqual([]);
      const config = Object.entries(Object(example.config));
      const isLifted = ([key]: [string, unknown]) => lifted.includes(key);
      const apart = {
        ...node,
        ...Object.fromEntries(config.filter(isLifted)),
        config: Object.fromEntries(config.filter((entry) => !isLifted(entry))),
      };
      expect(complaints(isNode, apart)).toEqual([]);
      expect(JSON.stringify(flowJsonSchema())).toContain(JSON.stringify(doc));
    },
  );
});

const GOOD = `name: shop
version: '1'
variables: { a: 1 }
config: { timeout: 10, retry_policy: { max_retries: 3 } }
nodes:
  - id: which
    type: branch
    config:
      conditions: [{ expression: "message == 'a'", next: keep }]
      default: hello
  - { id: keep, type: state, config: { action: set, key: a, value: [1] }, next: hello }
  - { id: hello, type: reply, config: { message: Hi, buttons: [{ title: Yes }] }, next: rest }
  - { id: rest, type: wait, config: { timeout: 60, on_timeout: hello, expect: number }, next: hello }
triggers:
  - { type: message, pattern: 'a|b', target: which }
  - { type: keyword, words: [menu], target: which }
  - { type: location, target: which }
`;

// Everything that the schema refuses the loader refuses too; not the other way round.
const FAULTS: [label: string, from: string, to: string][] = [
  ['no name', 'name: shop\n', ''],
  ['a name with a space', 'name: shop', 'name: my shop'],
  ['a version without quotes', "version: '1'", 'version: 1'],
  ['an unknown key of the file', 'variables:', 'varables:'],
  ['an unknown key of the defaults', 'timeout: 10', 'timeOut: 10'],
  ['too many retries', 'max_retries: 3', 'max_retries: 99'],
  ['no nodes', /nodes:\n[^]*(?=triggers)/.exec(GOOD)?.[0] ?? '', 'nodes: []\n'],
  ['no triggers', /triggers:\n[^]*/.exec(GOOD)?.[0] ?? '', ''],
  ['a node without id', 'id: rest, ', ''],
  ['a node without type', 'type: wait, ', ''],
  ['an unknown type', 'type: wait', 'type: wiat'],
  ['a type of other products', 'type: wait', 'type: llm'],
  ['an unknown key of a node', 'next: rest', 'nxet: rest'],
  ['a key of another type at the node', 'next: rest', 'default: rest'],
  ['a target with a space', 'next: rest', 'next: the rest'],
  ['a number as a target', 'next: rest', 'next: 5'],
  ['a timeout that is too long', 'next: rest', 'timeout: 90000'],
  ['an unknown key of a config', 'expect: number', 'expects: number'],
  ['a value that is not one of those', 'expect: number', 'expect: nothing'],
  ['a text for a number', 'timeout: 60', 'timeout: soon'],
  ['a key that is missing in a config', 'key: a, ', ''],
  ['a key of another action', 'action: set', 'action: delete'],
  ['a list that is empty', /conditions: \[.*\]/.exec(GOOD)?.[0] ?? '', 'conditions: []'],
  ['a condition without a target', ', next: keep', ''],
  ['a button without a title', 'title: Yes', 'text: Yes'],
  ['a config that says nothing', 'config: { message: Hi, buttons: [{ title: Yes }] }', 'config: {}'],
  ['no config where one is needed', 'config: { message: Hi, buttons: [{ title: Yes }] }, ', ''],
  ['a trigger without a target', "pattern: 'a|b', target: which", "pattern: 'a|b'"],
  ['a trigger of an unknown type', 'type: location', 'type: lokation'],
  ['a key of another trigger', 'type: keyword', 'type: message'],
  ['words that are none', 'words: [menu]', 'words: []'],
  ['a key that a trigger does not have', 'type: location', 'pattern: x, type: location'],
];

describe('the JSON Schema and planted faults', () => {
  test('takes the flow without a fault', () => {
    expect(complaints(isFlow, parse(GOOD))).toEqual([]);
    expect(
      loadFlows([{ path: 'a', text: GOOD }]).findings.filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });

  test.each(FAULTS)('refuses %s, as the loader does', (_, from, to) => {
    expect(GOOD.split(from)).toHaveLength(2);
    const text = GOOD.replace(from, to);
    expect(complaints(isFlow, parse(text))).not.toEqual([]);
    expect(loadFlows([{ path: 'a', text }]).findings.map(({ severity }) => severity)).toContain('error');
  });

  test('says of a misspelt key in a node only what concerns it', () => {
    const said = complaints(isFlow, parse(GOOD.replace('expect: number', 'expects: number')));
    expect(said.filter((each) => !each.includes('must match "then" schema'))).toEqual([
      '/nodes/3/config: must NOT have additional properties',
    ]);
  });
});
