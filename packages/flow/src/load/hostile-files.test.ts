import { describe, expect, test } from '@jest/globals';
import { loadFlows } from '../index.ts';
import { flow } from '../findings/example.ts';

// A file may be as bad as somebody likes. Each of these is refused, at a place, and the work stays in bounds: a few hundred
// findings at most, which together carry no more than some copies of the file.

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
const HELLO = '- { id: start, type: reply, config: { message: x } }';
const around = (top: string) => flow(HELLO, { top });

const aliases = (count: number) => `a: &a x\nb: [${repeat(count, () => '*a,')}]\n`;
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${repeat(8, (index) => {
  const [from, to] = [index, index + 1].map((each) => String.fromCharCode(97 + each));
  return `${to}: &${to} [${repeat(9, () => `*${from},`)}]\n`;
})}`;

const CASES: [string, string, string][] = [
  ['a billion laughs', bomb, 'E102'],
  ['101 aliases', aliases(101), 'E102'],
  ['20,000 aliases', aliases(20_000), 'E102'],
  [
    'merge keys in a chain',
    around(`variables:\n  a: &a { x: 1 }\n  b: &b { <<: *a }\n  c: { <<: *b, y: !!merge z }`),
    'E101',
  ],
  ['an alias in what it names', 'a: &a [*a]\n', 'E101'],
  ['an alias of nothing', around('variables: { a: *b }'), 'E101'],
  ['a key twice', around('description: a\ndescription: b'), 'E101'],
  ['two documents', `${flow(HELLO)}---\n${flow(HELLO)}`, 'E101'],
  ['tabs', flow(HELLO).replace(/^ {2}/gm, '\t'), 'E101'],
  ['NUL', around('description: "a\u0000b"'), 'E101'],
  ['!!js/function', around('description: !!js/function "x"'), 'E101'],
  ['!!python/object', around('variables: { a: !!python/object:os.system x }'), 'E101'],
  ['!!binary', around('variables: { a: !!binary aGk= }'), 'E101'],
  ['a tag of its own', around('description: !secret x'), 'E101'],
  ['.nan for a value', around('variables: { a: .nan }'), 'E104'],
  ['.inf for a version', flow(HELLO).replace('"1.0"', '.inf'), 'E104'],
  ['brackets 5,000 deep', `a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`, 'E102'],
  ['brackets 200,000 deep', `a: ${'['.repeat(200_000)}`, 'E102'],
  ['dashes 5,000 deep', `${'- '.repeat(5000)}a\n`, 'E102'],
  ['keys 500 deep', repeat(500, (index) => `${' '.repeat(index)}a:\n`), 'E102'],
  ['question marks 5,000 deep', `${'? '.repeat(5000)}a\n`, 'E102'],
  ['a list of 1 MB', `a:\n${repeat(250_000, () => '- x\n')}`, 'E102'],
  ['300 KB of text', around(`description: ${'x'.repeat(300_000)}`), 'E102'],
  ['4,000 faults', repeat(4_000, () => 'a: @\n'), 'E101'],
  ['4,000 unclosed quotes', repeat(4_000, () => 'a: "\n'), 'E101'],
  ['4,000 glued keys in one line', `a: {${repeat(4_000, (index) => `k${index}:1,`)}}`, 'E101'],
  ['__proto__', around('__proto__: { polluted: true }'), 'E105'],
  ['an unknown node type', flow('- { id: start, type: "../../x", config: {} }'), 'E106'],
  ['a missing target', flow('- { id: start, type: reply, next: nowhere, config: { message: x } }'), 'E110'],
  [
    'a target in another folder',
    flow('- { id: start, type: reply, next: ../../x, config: { message: x } }'),
    'E104',
  ],
  [
    'a node that leads to itself',
    flow('- { id: start, type: reply, next: start, config: { message: x } }'),
    'E111',
  ],
  [
    '1,000 buttons',
    flow(
      `- { id: start, type: reply, config: { message: x, buttons: [${repeat(1000, (index) => `{ title: b${index} },`)}] } }`,
    ),
    'E104',
  ],
  ['an empty text', flow('- { id: start, type: reply, config: { message: "" } }'), 'E301'],
  ['an id twice', flow(`${HELLO}\n${HELLO}`), 'E109'],
  ['an empty file', '', 'E104'],
  ['a file of nothing but a comment', '# nothing\n', 'E104'],
  ['a number for a file', '42\n', 'E104'],
];

describe('loadFlows() of a hostile file', () => {
  test.each(CASES)('%s: refused, at a place', (_, text, code) => {
    const { flows, findings } = loadFlows([{ path: 'a.ygtc', text }]);
    expect(flows).toBeUndefined();
    const found = findings.find((each) => each.code === code);
    expect(found).toMatchObject({ severity: 'error', file: 'a.ygtc' });
    expect(found?.line).toBeGreaterThanOrEqual(1);
    expect(text.split('\n')[(found?.line ?? 0) - 1]?.replace(/\r$/, '')).toBe(found?.lineText);
    expect(findings.length).toBeLessThanOrEqual(200);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each([
    ['a byte order mark', `\uFEFF${flow(HELLO)}`],
    ['CRLF', flow(HELLO).replaceAll('\n', '\r\n')],
    ['words of older YAML', around('variables: { a: no, b: off, c: 1_000, d: 2024-01-01 }')],
  ])('%s: taken', (_, text) => {
    expect(loadFlows([{ path: 'a.ygtc', text }]).findings).toEqual([]);
  });
});
