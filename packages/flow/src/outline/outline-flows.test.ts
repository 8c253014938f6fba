import { describe, expect, test } from '@jest/globals';
import { describeTriggers } from '../describe-triggers.ts';
import { loadFlows } from '../load-flows.ts';
import { nodeTitle } from './node-title.ts';
import { outlineFlows } from './outline-flows.ts';

const SHOP = `name: shop
version: '1'
nodes:
  - id: ask
    type: branch
    config:
      conditions:
        - { expression: "message == 'a'", next: yes_it_is }
        - { expression: "size(message)   > 3", next: other/start }
      default: sorry
  - { id: yes_it_is, type: reply, config: { message: 'Yes' }, on_error: sorry }
  - { id: sorry, type: reply, config: { message: "So\\nsorry" }, next: nowhere }
  - { id: alone, type: reply, config: { message: 'Nobody comes' } }
triggers:
  - { type: message, target: ask }
  - { type: keyword, words: [menu, start], target: yes_it_is }
`;
const OTHER = `name: other
version: '1'
nodes:
  - { id: first, type: reply, config: { message: 'First' }, next: start }
  - { id: start, type: reply, config: { message: 'Start' } }
triggers:
  - { type: location, target: start }
`;
const sources = [
  { path: 'shop.ygtc', text: SHOP },
  { path: 'other.ygtc', text: OTHER },
];
const [shop, other] = outlineFlows(sources).outline?.flows ?? [];

describe('outlineFlows()', () => {
  test('lists nodes with type, title and line, in the order of the file', () => {
    expect(shop?.nodes).toEqual([
      { id: 'ask', type: 'branch', title: '2 conditions', line: 4 },
      { id: 'yes_it_is', type: 'reply', title: 'Yes', line: 11 },
      { id: 'sorry', type: 'reply', title: 'So sorry', line: 12 },
      { id: 'alone', type: 'reply', title: 'Nobody comes', line: 13 },
    ]);
    expect(shop).toMatchObject({ name: 'shop', file: 'shop.ygtc' });
  });

  test('names the kind of every way, where it leads, and the condition', () => {
    expect(shop?.edges).toEqual([
      {
        from: 'ask',
        target: 'yes_it_is',
        to: { flow: 'shop', node: 'yes_it_is' },
        kind: 'condition',
        label: "message == 'a'",
      },
      {
        from: 'ask',
        target: 'other/start',
        to: { flow: 'other', node: 'start' },
        kind: 'condition',
        label: 'size(message) > 3',
      },
      { from: 'ask', target: 'sorry', to: { flow: 'shop', node: 'sorry' }, kind: 'default' },
      { from: 'yes_it_is', target: 'sorry', to: { flow: 'shop', node: 'sorry' }, kind: 'error' },
      { from: 'sorry', target: 'nowhere', kind: 'next' },
    ]);
  });

  test('lists triggers as they are printed, in their order of precedence', () => {
    const text = SHOP.replace(', next: nowhere', '');
    const { flows } = loadFlows([
      { path: 'shop.ygtc', text },
      { path: 'other.ygtc', text: OTHER },
    ]);
    const printed = flows ? describeTriggers(flows) : [];
    expect(shop?.triggers.map(({ label }) => label)).toEqual(['keyword menu, start', 'message']);
    for (const { label, target } of shop?.triggers ?? []) {
      expect(printed).toContainEqual(expect.stringContaining(`${label} → shop/${target}`));
    }
  });

  test('finds dead ends, unreachable nodes over all flows, and missing targets', () => {
    expect(shop).toMatchObject({
      deadEnds: ['yes_it_is', 'alone'],
      unreachable: ['alone'],
      missing: ['nowhere'],
    });
    expect(other).toMatchObject({ deadEnds: ['start'], unreachable: ['first'], missing: [] });
  });

  test('counts a branch without `default` and `next` as a dead end', () => {
    const text = SHOP.replace('      default: sorry\n', '');
    expect(outlineFlows([{ path: 'a', text }]).outline?.flows[0]?.deadEnds).toContain('ask');
  });

  test('says in which line each trigger stands, whatever their order of precedence', () => {
    const text = `name: a
version: '1'
nodes:
  - { id: one, type: reply, config: { message: Hi } }
triggers:
  - { type: default, target: one }
  - { type: message, target: one }
  - { type: message, pattern: hi, target: one }
`;
    const triggers = outlineFlows([{ path: 'a', text }]).outline?.flows[0]?.triggers ?? [];
    expect(triggers.map(({ label, line }) => [label, line])).toEqual([
      ['message /hi/', 8],
      ['message', 7],
      ['default', 6],
    ]);
  });

  test('keeps a node that has a fault, with the ways of its frame', () => {
    const text = `name: a
version: '1'
nodes:
  - { id: one, type: nonsense, config: { x: 1 }, to: two, on_error: two }
  - { id: two, type: reply, config: { messsage: 'x' } }
  - { type: reply }
triggers:
  - { type: message, target: one }
`;
    const { findings, outline } = outlineFlows([{ path: 'a', text }]);
    expect(findings.map(({ severity }) => severity)).toContain('error');
    expect(outline?.flows[0]).toMatchObject({
      nodes: [
        { id: 'one', type: 'nonsense' },
        { id: 'two', type: 'reply' },
      ],
      edges: [
        { from: 'one', target: 'two', kind: 'next', to: { flow: 'a', node: 'two' } },
        { from: 'one', target: 'two', kind: 'error', to: { flow: 'a', node: 'two' } },
      ],
      unreachable: [],
      missing: [],
    });
  });

  test('has the same findings as loadFlows()', () => {
    expect(outlineFlows(sources).findings).toEqual(loadFlows(sources).findings);
    expect(outlineFlows(sources, { strict: false }).findings).toEqual(
      loadFlows(sources, { strict: false }).findings,
    );
  });

  test('has no outline when no file can be read', () => {
    expect(outlineFlows([{ path: 'a', text: 'a: [' }])).toEqual({ findings: [expect.anything()] });
    expect(outlineFlows([])).toEqual({ findings: [] });
  });
});

describe('nodeTitle()', () => {
  test.each([
    [{ message: 'Hello', buttons: [1] }, 'Hello'],
    [{ buttons: [1, 2] }, '2 buttons'],
    [{ template: { name: 'follow_up' } }, 'template follow_up'],
    [{ template: 'Dear {{contact.name}}' }, 'Dear {{contact.name}}'],
    [{ interactive: { type: 'list', body: { text: 'Pick one' } } }, 'Pick one'],
    [{ media: { type: 'image', caption: 'Look' } }, 'image Look'],
    [{ location: { latitude: 1, longitude: 2 } }, 'location'],
    [{ conditions: [1] }, '1 condition'],
    [{ action: 'set', key: 'colour', value: 'red' }, 'set colour'],
    [{ expect: 'number', save: 'guests', on_invalid: 'again' }, 'number → guests'],
    [{ on_timeout: 'bye', timeout: 60 }, 'for 60 s'],
    [{ url: 'https://a.example' }, 'GET https://a.example'],
    [{ add: ['vip', 'new'] }, 'add vip, new'],
    [{ anything: 'A type of tomorrow' }, 'A type of tomorrow'],
    [{ on_whatever: 'node' }, ''],
    [{}, ''],
  ])('says of %j: %s', (config, title) => {
    expect(nodeTitle(config)).toBe(title);
  });

  test('cuts at 56 characters, and never within one', () => {
    expect(nodeTitle({ message: '👋'.repeat(80) })).toBe(`${'👋'.repeat(55)}…`);
    expect(nodeTitle({ message: 'x'.repeat(56) })).toBe('x'.repeat(56));
  });
});
