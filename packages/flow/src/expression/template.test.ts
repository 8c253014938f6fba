import { describe, expect, test } from '@jest/globals';
import { type Json } from '@alur/types';
import { createCompiler } from './compile.ts';
import { compileTemplate } from './template.ts';

const declared = {
  state: new Set(['count', 'name', 'list', 'none']),
  anyState: false,
  input: new Set<string>(),
  flow: new Set<string>(),
  outputs: new Set<string>(),
};
const scope = {
  roots: {},
  state: { count: 3, name: '{{7*7}}', many: [1, 'a'], price: 0.1 + 0.2 },
  input: {},
  flow: {},
  outputs: {},
};

const compile = (text: string) => compileTemplate(text, createCompiler(), { ...declared, anyState: true });

describe('compileTemplate()', () => {
  test.each<[string, Json, string]>([
    ['plain', 'plain', 'plain'],
    ['{{count}}', 3, '3'],
    [' {{count}}', ' 3', ' 3'],
    ['{{count + 1}}', 4, '4'],
    ['{{ state.many }}', [1, 'a'], '[1,"a"]'],
    ['{{none}}', '', ''],
    ['a {{none}} b', 'a  b', 'a  b'],
    ['{{price}}', 0.1 + 0.2, '0.3'],
    ['Hi {{name}}', 'Hi {{7*7}}', 'Hi {{7*7}}'],
    ['{{ \'}}\' }}{{ "{{" }}', '}}{{', '}}{{'],
    ["{{ {'a': {'b': 1}}['a']['b'] }}", 1, '1'],
    ["{{count > 2 ? 'many' : 'few'}}", 'many', 'many'],
  ])('renders %s', (text, value, rendered) => {
    const { template, problems } = compile(text);
    expect(problems).toEqual([]);
    expect(template?.value(scope)).toEqual(value);
    expect(template?.render(scope)).toBe(rendered);
  });

  test.each([
    ['a {{ b', 'E206', 2],
    ['ab {{ 1 + }}', 'E201', 9],
    ['{{#if x}}', 'E201', 2],
    ['{{}}', 'E201', 2],
  ])('reports %s', (text, code, start) => {
    expect(compile(text).problems).toMatchObject([{ code, start }]);
  });
});
