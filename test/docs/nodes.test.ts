import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { NODE_TYPES } from '../../packages/flow/src/nodes/index.ts';
import { format } from 'prettier';
import { stringify } from 'yaml';
import { z } from 'zod';
import { read, ROOT } from './markdown.ts';

// To write the page anew: ALUR_UPDATE_DOCS=1 npm run jest -- test/docs/nodes
const PAGE = 'docs/nodes.md';

const Schema = z.object({
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
  anyOf: z.array(z.looseObject({})).optional(),
  oneOf: z.array(z.looseObject({})).optional(),
});

const Property = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  anyOf: z.array(z.unknown()).optional(),
});

interface Key {
  name: string;
  isRequired: boolean;
  values: string;
}

/** The keys of a node's `config`, over all its forms. */
function keysOf(schema: z.ZodType): Key[] {
  const json = Schema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const forms = [json, ...(json.anyOf ?? []), ...(json.oneOf ?? [])].map((each) => Schema.parse(each));
  const withKeys = forms.filter(({ properties }) => properties !== undefined);
  const names = new Set(withKeys.flatMap(({ properties = {} }) => Object.keys(properties)));
  return [...names].map((name) => {
    const all = withKeys.map(({ properties }) => properties?.[name]).filter((each) => each !== undefined);
    const values = [...new Set(all.map((each) => wordsFor(Property.parse(each))))].join(' or ');
    return { name, values, isRequired: withKeys.every(({ required = [] }) => required.includes(name)) };
  });
}

function wordsFor(property: z.infer<typeof Property>): string {
  const { type, minimum, maximum, maxLength } = property;
  if (property.const !== undefined) return `\`${JSON.stringify(property.const).replaceAll('"', '')}\``;
  if (property.enum) return property.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (type === 'integer') return `${minimum ?? 0} to ${maximum ?? ''}`;
  if (type === 'string') return maxLength === undefined ? 'text' : `text, at most ${maxLength}`;
  if (type === 'boolean') return '`true`, `false`';
  return { object: 'map', array: 'list', number: 'number' }[type ?? ''] ?? 'text, list or map';
}

const HEAD = `# Nodes

Every node type, its keys and an example; [flows.md](flows.md) says how they work together. Made from the very definitions that flows are
checked by.
`;

async function page(): Promise<string> {
  const sections = [...NODE_TYPES.values()].map(({ type, doc, schema, example }) => {
    const rows = keysOf(schema).map(
      ({ name, isRequired, values }) => `| \`${name}\` | ${isRequired ? 'yes' : ''} | ${values} |`,
    );
    const node = stringify([{ id: `my_${type}`, type, ...example }], { lineWidth: 110 });
    const table = rows.length === 0 ? [] : ['| key | required | value |', '| --- | --- | --- |', ...rows, ''];
    return [`## ${type}`, '', doc, '', ...table, '```yaml', node.trimEnd(), '```', ''].join('\n');
  });
  return format([HEAD, ...sections].join('\n'), {
    parser: 'markdown',
    printWidth: 110,
    proseWrap: 'preserve',
    singleQuote: true,
  });
}

describe(PAGE, () => {
  test('shows every node type as it is', async () => {
    const expected = await page();
    if (process.env['ALUR_UPDATE_DOCS'] === '1') writeFileSync(join(ROOT, PAGE), expected);
    expect(read(PAGE)).toBe(expected);
  });
});
