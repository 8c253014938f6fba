import { describe, expect, test } from '@jest/globals';
import { type Json } from '@alur/types';
import { createCompiler } from './compile.ts';
import { compileTemplate } from './template.ts';

const declared = {
  state: new Set(['count', 'name', 'list', 'none']),
  anyState: false,
  input: new Set<string>(),
  flow: {},
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

const withSecrets = (text: string) =>
  compileTemplate(text, createCompiler(), { ...declared, anyState: true }, { allowSecrets: true });

describe('a template with secrets', () => {
  test.each([
    ['{{secrets.TOKEN}}', [{ secret: 'TOKEN' }], '{{secrets.TOKEN}}'],
    ['Bearer {{ secrets.TOKEN }}!', ['Bearer ', { secret: 'TOKEN' }, '!'], 'Bearer {{secrets.TOKEN}}!'],
    [
      'a{{count}}b{{secrets.A}}{{secrets.B}}',
      ['a3b', { secret: 'A' }, { secret: 'B' }],
      'a3b{{secrets.A}}{{secrets.B}}',
    ],
    ['{{none}}', [], ''],
    ['plain', ['plain'], 'plain'],
    ['', [], ''],
  ])('gives the pieces of %s', (text, pieces, rendered) => {
    const { template, problems, unknownNames } = withSecrets(text);
    expect([...problems, ...unknownNames]).toEqual([]);
    expect(template?.pieces(scope)).toEqual(pieces);
    expect(template?.render(scope)).toBe(rendered);
  });

  test('names its secrets', () => {
    expect(withSecrets('{{secrets.A}} {{count}} {{secrets.B}}').template?.secrets).toEqual(['A', 'B']);
  });

  test.each([
    ['{{secrets.TOKEN + "x"}}', 2],
    ['{{lower(secrets.TOKEN)}}', 8],
    ['a {{secrets}}', 4],
    ['{{secrets["TOKEN"]}}', 2],
    ['{{secrets.a.b}}', 2],
    ['{{count > 1 ? secrets.A : ""}}', 14],
  ])('refuses %s: no expression computes with one', (text, start) => {
    const { template, problems } = withSecrets(text);
    expect(template).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'E207', start, fix: 'write `{{secrets.NAME}}`' }]);
  });

  test('names none where the place has none', () => {
    expect(compile('Bearer {{secrets.TOKEN}}').problems).toMatchObject([{ code: 'E207', start: 9 }]);
  });

  test('takes what a contact wrote as text, however it looks', () => {
    const said = { ...scope, state: { name: '{{secrets.TOKEN}}', none: { secret: 'TOKEN' } } };
    expect(withSecrets('{{name}}{{none}}').template?.pieces(said)).toEqual([
      '{{secrets.TOKEN}}{"secret":"TOKEN"}',
    ]);
  });
});

describe('renderWith()', () => {
  test('encodes each value and leaves the author’s text alone', () => {
    const { template } = compile('https://x.test/a b/{{name}}?n={{count}}');
    expect(
      template?.renderWith({ ...scope, state: { name: 'a/../b&c', count: 3 } }, encodeURIComponent),
    ).toBe('https://x.test/a b/a%2F..%2Fb%26c?n=3');
  });

  test('gives pieces whose values are encoded', () => {
    const { template } = withSecrets('k={{name}}&t={{secrets.T}}');
    expect(template?.pieces({ ...scope, state: { name: '&' } }, encodeURIComponent)).toEqual([
      'k=%26&t=',
      { secret: 'T' },
    ]);
  });
});

describe('limits of a template', () => {
  test('render() refuses a text over its limit', () => {
    const { template } = compile('{{name}}{{name}}');
    const large = { ...scope, state: { name: 'a'.repeat(40_000) } };
    expect(() => template?.render(large)).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  test('render() of a template without expressions takes nothing from the meter', () => {
    const meter = { left: 0 };
    expect(compile('plain').template?.render({ ...scope, meter })).toBe('plain');
    expect(meter.left).toBe(0);
  });
});
