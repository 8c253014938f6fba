import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Finding } from '../../finding.ts';
import { documents, fencesOf, filesLike, read } from '../../../../../test/docs/markdown.ts';
import { flow } from '../../findings/example.ts';
import { readFlow } from '../read-flow.ts';
import { checkRules } from './index.ts';

function check(...texts: string[]): Finding[] {
  const files = texts.map((text, index) => readFlow({ path: `${index}.ygtc`, text }));
  const before = files.map(({ file }) => file.findings.length);
  checkRules(files.flatMap(({ flow: parsed }) => parsed ?? []));
  return files.flatMap(({ file }, index) => file.findings.slice(before[index]));
}

const told = (findings: readonly Finding[]) =>
  findings.map(
    ({ code, line, col, length, lineText }) => `${code} ${line} ${lineText.slice(col - 1, col - 1 + length)}`,
  );

const codes = (...texts: string[]) => check(...texts).map(({ code }) => code);

describe('checkRules()', () => {
  test.each(filesLike(/^flows\/.*\.ygtc$/))('has nothing to say of %s', (path) => {
    // With what stands beside it: a choice may be taken by another file.
    const folder = filesLike(/\.ygtc$/, dirname(path));
    expect(check(...folder.map(read))).toEqual([]);
  });

  test('has nothing to say of the flows in the documents', () => {
    const fences = documents().flatMap((path) => fencesOf(read(path)));
    const flows = fences.filter(({ info }) => info === 'yaml flow').map(({ text }) => text);
    const nodes = fences
      .filter(({ info }) => info === 'yaml nodes')
      .map(({ text }) => flow(text, { triggers: '- { type: default, target: elsewhere }' }));
    expect(Math.min(flows.length, nodes.length)).toBeGreaterThan(1);
    for (const text of [...flows, ...nodes]) expect(check(text)).toEqual([]);
  });

  test('says nothing of a flow that is read as far as its frame only', () => {
    expect(
      check('name: a\nversion: "1"\nnodes: [1, {}, {id: x}]\ntriggers: [2, {}, {type: message, words: 5}]\n'),
    ).toEqual([expect.objectContaining({ code: 'W120' })]);
  });
});

describe('W115', () => {
  test.each([
    ['0812', true],
    ['-07', true],
    ['007.5', true],
    ['0x1F', true],
    ['0o17', true],
    ['1e5', true],
    ['1.5E-3', true],
    ['1234567890123456', true],
    ['+62812345', true],
    ['0', false],
    ['0.5', false],
    ['-6.2', false],
    ['123456789012345', false],
    ['+5', false],
    ['yes', false],
    ['off', false],
    ['2024-01-01', false],
    ['1_000', false],
    ['"0812"', false],
    ["'+62812345'", false],
    ['true', false],
    ['~', false],
  ])('of %s: %p', (value, isFound) => {
    const inVariables = flow('- { id: start, type: reply, config: { message: x } }', {
      top: `variables: { deep: [{ value: ${value} }] }`,
    });
    const inState = flow(`
      - id: start
        type: state
        config:
          action: set
          key: code
          value: ${value}
    `);
    expect(told(check(inVariables))).toEqual(isFound ? [`W115 3 ${value}`] : []);
    expect(told(check(inState))).toEqual(isFound ? [`W115 9 ${value}`] : []);
  });

  test('of a telephone number in a contact card', () => {
    const card = '[{ name: { formatted_name: Sari }, phones: [{ phone: +62811234567 }] }]';
    expect(told(check(flow(`- { id: start, type: reply, config: { contacts: ${card} } }`)))).toEqual([
      'W115 4 +62811234567',
    ]);
  });
});

describe('W116', () => {
  const branch = (...expressions: string[]) =>
    flow(
      `- { id: start, type: branch, config: { conditions: [${expressions.map((each) => `{ expression: "${each}", next: a }`).join(', ')}], default: a } }\n- { id: a, type: reply, config: { message: x } }`,
    );
  test.each([
    [["message == 'a'", "message == 'b'"], []],
    [["message == 'a'", "message  ==  'a' "], ['condition 1 is the same']],
    [['true', "message == 'a'"], ['condition 1 is always true']],
    [["message == 'a'", 'true'], []],
    [['false', "message == 'a'"], ['never true']],
    [
      ['false', 'false'],
      ['never true', 'is the same'],
    ],
  ])('of %j: %j', (expressions, words) => {
    const messages = check(branch(...expressions)).map(({ message }) => message);
    expect(messages).toEqual(words.map((part) => expect.stringContaining(part)));
  });
});

describe('W117', () => {
  const branch = (more: string, trigger: string) =>
    flow(
      `- { id: start, type: branch, config: { conditions: [{ expression: "message == 'a'", next: a }] }${more} }\n- { id: a, type: reply, config: { message: x } }`,
      { triggers: trigger },
    );
  const message = '- { type: message, target: start }';
  test.each([
    ['a message', '', message, ['W117']],
    ['a tap', '', '- { type: interactive, target: start }', ['W117']],
    ['a reaction', '', '- { type: reaction, target: start }', []],
    ['a message, with next', ', next: a', message, []],
    ['a message, with default at the node', ', default: a', message, []],
  ])('of a branch without default that is started by %s', (_, more, trigger, expected) => {
    expect(codes(branch(more, trigger))).toEqual(expected);
  });

  test('not of a branch that another node leads to', () => {
    const nodes =
      '- { id: start, type: reply, next: b, config: { message: x } }\n- { id: b, type: branch, config: { conditions: [{ expression: "true", next: start }] } }';
    expect(codes(flow(nodes))).toEqual([]);
  });
});

describe('W118', () => {
  const list = (title: string) =>
    `- { id: start, type: reply, config: { interactive: { type: list, body: { text: x }, action: { button: x, sections: [{ rows: [{ id: a, title: Coffee }, { id: b, title: "${title}" }] }] } } } }`;
  const buttons =
    '- { id: start, type: reply, config: { interactive: { type: button, body: { text: x }, action: { buttons: [{ type: reply, reply: { id: a, title: Yes please } }] } } } }';
  const timer = '- { type: keyword, words: [start], target: start }';
  test.each([
    ['keywords that are others', list('Tea'), timer, ['W118 4 Coffee']],
    [
      'one of two rows',
      list('Tea'),
      `${timer}\n- { type: keyword, words: [ COFFEE ], target: start }`,
      ['W118 4 "Tea"'],
    ],
    ['a pattern', buttons, '- { type: message, pattern: "^yes", target: start }', []],
    [
      'a pattern that is another',
      buttons,
      '- { type: message, pattern: "^no", target: start }',
      ['W118 4 Yes please'],
    ],
    ['a bad pattern', buttons, '- { type: message, pattern: "(", target: start }', []],
    ['any message', buttons, '- { type: message, target: start }', []],
    ['default', buttons, '- { type: default, target: start }', []],
    ['interactive', buttons, '- { type: interactive, target: start }', []],
    ['only media', buttons, '- { type: media, target: start }', ['W118 4 Yes please']],
    ['a computed title', list('{{message}}').replace('Coffee', 'start'), timer, []],
  ])('with %s', (_, nodes, triggers, expected) => {
    expect(told(check(flow(nodes, { triggers })))).toEqual(expected);
  });

  test('asks all files', () => {
    const other = flow('- { id: start, type: reply, config: { message: x } }', {
      triggers: '- { type: interactive, target: start }',
    });
    const text = flow(buttons, { triggers: timer });
    expect(codes(text)).toEqual(['W118']);
    expect(codes(text, other)).toEqual([]);
  });
});

describe('W119, W120, W121, W122', () => {
  const reply = (id: string) => `- { id: ${id}, type: reply, config: { message: x } }`;
  test.each([
    [['start', 'show_menu', 'show-menu'], ['W119 6 show-menu']],
    [['start', 'menu', 'Menu', 'menu2'], ['W119 6 Menu']],
    [['start', 'start'], []],
  ])('ids %j: %j', (ids, expected) => {
    expect(told(check(flow(ids.map(reply).join('\n'))))).toEqual(expected);
  });

  test.each([
    ['1.0', []],
    ['1.2.3', []],
    ['10.20.30-beta.1', []],
    ['1', ['W120']],
    ['v1.0', ['W120']],
    ['1.2.3.4', ['W120']],
  ])('version %s: %j', (version, expected) => {
    expect(codes(flow(reply('start')).replace('"1.0"', `"${version}"`))).toEqual(expected);
  });

  test.each([
    ['{ id: start, type: reply, output: now, config: { message: x } }', ['W121 4 now']],
    ['{ id: start, type: state, config: { action: get, key: x, output: message } }', ['W121 4 message']],
    ['{ id: start, type: template, config: { template: x, output: state } }', ['W121 4 state']],
    ['{ id: start, type: template, config: { template: x, output: greeting } }', []],
  ])('output %s: %j', (node, expected) => {
    expect(told(check(flow(`- ${node}`)))).toEqual(expected);
  });

  test.each([
    ['menu|', ['W122']],
    ['.*', ['W122']],
    ['(hi)?', ['W122']],
    ['.+', []],
    ['^$', []],
    ['menu', []],
    ['(', []],
  ])('pattern %s: %j', (pattern, expected) => {
    const triggers = `- { type: message, pattern: '${pattern}', target: start }`;
    expect(codes(flow(reply('start'), { triggers }))).toEqual(expected);
  });
});
