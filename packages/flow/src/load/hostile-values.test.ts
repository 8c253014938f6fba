import { describe, expect, test } from '@jest/globals';
import { HOSTILE, inEachPlace, UNMEASURABLE } from '../../../../test/support/hostile.ts';
import { checkFragment, lintTemplates, loadFlows, outlineFlows, readTests } from '../index.ts';
import { NODE_TYPES } from '../nodes/index.ts';

// A value that no schema wants, in every place of a good file: the file is refused or taken, and nothing throws.

const flowWith = (node: object) => ({
  name: 'f',
  version: '1.0',
  description: 'd',
  variables: { a: 'b' },
  nodes: [node],
  triggers: [
    { type: 'message', target: 'start', pattern: 'a' },
    { type: 'event', event_type: 'e', target: 'start' },
    { type: 'schedule', cron: '0 9 * * 1', timezone: 'UTC', target: 'start', audience: { tags: ['a'] } },
  ],
});
const withConfig = (type: string, config: unknown) =>
  flowWith({ id: 'start', type, config, on_error: 'start', timeout: '5s' });
const MARK = 'the config';
const NODES = [...NODE_TYPES.values()].map(({ type, example }): [string, unknown] => [type, example.config]);
/** A flow with a node of this type once for each place in its config, with `json` in that place. */
const inEachConfig = (type: string, config: unknown, json: string) => {
  const around = JSON.stringify(withConfig(type, MARK));
  return inEachPlace(config, json).map((text) => around.replace(JSON.stringify(MARK), () => text));
};
const TESTS = {
  tests: [
    {
      name: 'a',
      contact: { name: 'b', tags: ['c'] },
      steps: [
        {
          in: { text: 'hi', referral: { source_id: 'x' } },
          http: [{ url: 'a', body: { b: 1 }, headers: { c: 'd' } }],
        },
        {
          advance: '25h',
          out: [{ text: { match: 'a' }, buttons: ['b'], location: { name: 'c' } }],
          state: { a: [1] },
        },
      ],
    },
  ],
};
const TEMPLATES = {
  waba: '1',
  pulled_at: '2026-01-01T00:00:00Z',
  templates: [
    {
      id: '1',
      name: 'a',
      language: 'en',
      status: 'APPROVED',
      category: 'UTILITY',
      components: [
        { type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['a']] } },
        { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'b', url: 'https://a.b/{{1}}', example: ['c'] }] },
      ],
    },
  ],
};

const throwing = (texts: readonly string[], read: (text: string) => unknown) =>
  texts.filter((text) => {
    try {
      read(text);
      return false;
    } catch {
      return true;
    }
  });

const checked = (texts: readonly string[]) => [
  ...throwing(texts, (text) => loadFlows([{ path: 'a.ygtc', text }])),
  ...throwing(texts, (text) => outlineFlows([{ path: 'a.ygtc', text }])),
];

describe.each(HOSTILE)('%s', (_label, json) => {
  test('in any place of a flow', () => {
    const texts = inEachPlace(withConfig('reply', { message: 'a' }), json);
    expect(texts.length).toBeGreaterThan(30);
    expect(checked(texts)).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.each(NODES)('in any place of the config of a %s node', (type, config) => {
    const texts = inEachConfig(type, config, json);
    expect(checked(texts)).toEqual([]);
    const nodes = texts.map((text) => JSON.stringify([JSON.parse(text).nodes[0]]));
    if (json !== '1e999') expect(throwing(nodes, (text) => checkFragment({ path: 'a', text }))).toEqual([]);
  });

  test('in any place of conversation tests and of templates', () => {
    expect(throwing(inEachPlace(TESTS, json), (text) => readTests({ path: 'a', text }))).toEqual([]);
    expect(throwing(inEachPlace(TEMPLATES, json), (text) => lintTemplates({ path: 'a', text }))).toEqual([]);
  });
});

describe('What cannot be measured is told as any other value of the wrong kind', () => {
  test.each(['5', UNMEASURABLE])('%s for a name, a message and a pattern', (json) => {
    const text = (name: string, message: string, pattern: string) =>
      `{"name":${name},"version":"1.0","nodes":[{"id":"start","type":"reply","config":{"message":${message}}}],` +
      `"triggers":[{"type":"message","target":"start","pattern":${pattern}}]}`;
    const faults = (yaml: string) =>
      loadFlows([{ path: 'a.ygtc', text: yaml }]).findings.map(({ code, col }) => `${code} ${col}`);
    expect(faults(text(json, '"a"', '"b"'))).toEqual(['E104 9']);
    expect(faults(text('"f"', json, '"b"'))).toEqual(['E104 87']);
    expect(faults(text('"f"', '"a"', json))).toEqual(['E104 151']);
  });

  test('beside a neighbour that is good', () => {
    const bad = `{ name: f, version: "1.0", nodes: [{ id: start, type: reply, config: { message: ${UNMEASURABLE.replaceAll(':', ': ')} } }] }`;
    const good =
      '{ name: g, version: "1.0", nodes: [{ id: start, type: reply, config: { message: x } }], triggers: [{ type: message, target: start }] }';
    const { findings } = loadFlows([
      { path: 'a.ygtc', text: bad },
      { path: 'b.ygtc', text: good },
    ]);
    expect(new Set(findings.map(({ file }) => file))).toEqual(new Set(['a.ygtc']));
  });
});

test('lintTemplates() takes a file that is nested beyond the stack', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(throwing(inEachPlace(TEMPLATES, deep), (text) => lintTemplates({ path: 'a', text }))).toEqual([]);
});
