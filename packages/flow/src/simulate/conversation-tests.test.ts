import { describe, expect, test } from '@jest/globals';
import { outlineFlows } from '../outline/outline-flows.ts';
import { flowOf, loaded } from '../testing/conversation.ts';
import { createCoverage, percentOf } from './coverage.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { explainFailure } from './explain-failure.ts';
import { matches } from './matches.ts';
import { readTests } from './read-tests.ts';
import { runTests } from './run-tests.ts';
import { updateTests } from './update-tests.ts';
import { oneLine } from './write-yaml.ts';

const FLOW = flowOf(
  [
    '- {id: a, type: branch, config: {conditions: [{expression: "message == \'yes\'", next: b}], default: c}}',
    '- {id: b, type: reply, config: {message: "Fine"}, next: d}',
    '- {id: c, type: reply, config: {message: "You said {{message}}", buttons: [{id: y, title: "yes"}, {id: n, title: "no"}]}}',
    '- {id: d, type: state, config: {action: set, key: said, value: "{{default(state.said, 0) + 1}}"}, next: e}',
    '- {id: e, type: event, config: {event_type: said.yes, payload: {times: "{{state.said}}"}}, next: f}',
    '- {id: f, type: log, config: {message: "said {{state.said}}"}, next: g}',
    '- {id: g, type: wait, config: {timeout: 60}}',
  ].join('\n'),
);
const HTTP = flowOf(
  [
    '- {id: a, type: http, output: it, next: b, on_error: c, config: {method: POST, url: "https://example.com/{{message}}", body: {who: "{{contact.name}}", key: "{{secrets.key}}"}}}',
    '- {id: b, type: reply, config: {message: "{{it.status}} {{it.body.price}}"}}',
    '- {id: c, type: reply, config: {message: "sorry"}}',
  ].join('\n'),
);

function suiteOf(text: string) {
  const { suite, findings } = readTests({ path: 'x.test.yaml', text });
  if (!suite) throw new Error(JSON.stringify(findings, null, 2));
  return suite;
}

const steps = (...lines: string[]) =>
  `tests:\n  - name: one\n    steps:\n${lines.map((line) => `      - ${line}\n`).join('')}`;

async function failureOf(text: string, flow = FLOW) {
  const suite = suiteOf(text);
  const [result] = await runTests(suite, loaded([flow]));
  return result && explainFailure(suite, result);
}

describe('readTests()', () => {
  test.each<[string, string, [string, number, number, RegExp, RegExp?]]>([
    ['a key that is misspelt', steps('{in: hi, outt: []}'), ['E105', 4, 18, /`outt`/, /did you mean `out`/]],
    [
      'an action that is misspelt',
      steps('in: {buton: y}'),
      ['E105', 4, 14, /`buton`/, /did you mean `button`/],
    ],
    [
      'a message key that is misspelt',
      steps('{in: hi, out: [{buttns: [y]}]}'),
      ['E105', 4, 25, /`buttns`/, /`buttons`/],
    ],
    [
      'a number where the contact writes',
      steps('in: 5'),
      ['E104', 4, 9, /`text` must be text, not a number/, /quotes/],
    ],
    ['two things at a time', steps('in: {text: hi, image: x}'), ['E104', 4, 31, /one thing at a time/]],
    ['no thing at all', steps('in: {to: wamid.x}'), ['E104', 4, 13, /give one of text, tap/]],
    ['a step with two actions', steps('{in: hi, advance: 1h}'), ['E104', 4, 27, /one thing/]],
    ['a span that is none', steps('advance: soon'), ['E104', 4, 18, /such as 25h/]],
    ['a pattern that is none', steps('{in: hi, out: [{match: "("}]}'), ['E104', 4, 32, /RE2/]],
    [
      'an outcome that is none',
      steps('{in: hi, outcome: done}'),
      ['E104', 4, 27, /"completed" or "waiting"/],
    ],
    [
      'a moment without a zone',
      'at: 2026-01-05T09:00:00\n' + steps('in: hi'),
      ['E104', 1, 5, /2026-01-05T09:00:00Z/],
    ],
    ['a test without steps', 'tests:\n  - name: x\n', ['E104', 2, 5, /`steps` is missing/]],
    [
      'two tests of one name',
      `${steps('in: hi')}  - name: one\n    steps: [{in: hi}]\n`,
      ['E109', 5, 11, /"one" is used twice/],
    ],
    ['no YAML', 'tests: [', ['E101', 1, 9, /YAML/]],
    ['no file of tests', '- a\n', ['E104', 1, 1, /must be a map, not a list/]],
  ])('reports %s with its place', (_, text, [code, line, col, message, fix]) => {
    const { suite, findings } = readTests({ path: 'x.test.yaml', text });
    expect(suite).toBeUndefined();
    expect(findings).toMatchObject([{ code, line, col, file: 'x.test.yaml' }]);
    expect(findings[0]?.message).toMatch(message);
    if (fix) expect(findings[0]?.fix).toMatch(fix);
  });
});

describe('runTests()', () => {
  test('passes where everything comes as expected', async () => {
    const suite = suiteOf(
      steps(
        'in: hello\n        out: [{match: "^You said", buttons: [y, {title: "no"}]}]\n        state: {said: null}',
        'in: {tap: "yes"}\n        out: [Fine]\n        state: {said: 1}\n        events: [said.yes]\n        logs: [{match: said}]\n        outcome: waiting\n        waits: g',
        'advance: 1m\n        out: []\n        outcome: completed\n        waits: false',
        'advance: 1m\n        out: []\n        tags: []\n        opted_out: false',
      ),
    );
    const results = await runTests(suite, loaded([FLOW]));
    expect(results.map((result) => explainFailure(suite, result))).toEqual([undefined]);
    expect(results).toMatchObject([{ name: 'one', isPassed: true }]);
  });

  test('shows place, step, difference and trace of what came otherwise', async () => {
    expect(
      await failureOf(steps('in: hi', 'in: hello\n        out: [Fine, {text: You said hello}, Bye]')),
    ).toEqual({
      file: 'x.test.yaml',
      line: 6,
      col: 14,
      test: 'one',
      step: 'step 2, in hello',
      parts: [
        {
          key: 'out',
          diff: [
            { sign: '-', text: 'Fine' },
            { sign: ' ', text: 'You said hello' },
            { sign: '-', text: 'Bye' },
          ],
        },
      ],
      trace: ['test/a (branch): default', 'test/c (reply)', 'text: completed'],
      more: 0,
    });
  });

  test.each<[string, string, string, [string, string][]]>([
    [
      'state',
      'state: {said: 2, other: null}',
      'state',
      [
        ['-', 'said: 2'],
        ['+', 'said: 1'],
        [' ', 'other: null'],
      ],
    ],
    [
      'events',
      'events: [{type: said.no}]',
      'events',
      [
        ['-', '{ type: said.no }'],
        ['+', '{ type: said.yes, payload: { times: 1 } }'],
      ],
    ],
    [
      'outcome',
      'outcome: completed',
      'outcome',
      [
        ['-', 'completed'],
        ['+', 'waiting'],
      ],
    ],
    ['tags', 'tags: [vip]', 'tags', [['-', 'vip']]],
    [
      'waits',
      'waits: a',
      'waits',
      [
        ['-', 'a'],
        ['+', 'test/g'],
      ],
    ],
    [
      'opted_out',
      'opted_out: all',
      'opted_out',
      [
        ['-', 'all'],
        ['+', 'false'],
      ],
    ],
    ['logs', 'logs: []', 'logs', [['+', 'said 1']]],
    ['failure', 'failure: http', 'failure', [['-', 'http']]],
    ['out', 'out: []', 'out', [['+', 'Fine']]],
  ])('compares %s', async (_, check, key, diff) => {
    const failure = await failureOf(steps(`in: "yes"\n        ${check}`));
    expect(failure?.parts).toEqual([{ key, diff: diff.map(([sign, text]) => ({ sign, text })) }]);
  });

  test('says what cannot happen, and leaves the rest of the test out', async () => {
    const failure = await failureOf(steps('in: hi', 'in: {button: nn}', 'in: hi\n        out: []'));
    expect(failure).toMatchObject({
      line: 5,
      parts: [{ key: 'in', message: 'No message has offered a button "nn": did you mean `n`?', diff: [] }],
      more: 0,
    });
  });

  test('expects a message that does not go only where the test says so', async () => {
    const start = 'opted_out: all\n';
    expect(
      await failureOf(start + steps('in: hi\n        out: [{match: You said, refused: opted_out}]')),
    ).toBeUndefined();
    expect((await failureOf(start + steps('in: hi\n        out: [{match: You said}]')))?.parts).toMatchObject(
      [{ key: 'out' }],
    );
  });

  test('gives web services the answers of the step, and looks at what they are asked', async () => {
    const answered = (http: string, out: string) =>
      steps(`in: tea\n        http: [${http}]\n        out: [${out}]`);
    const asked = 'url: "https://example.com/tea", method: POST, sends: {who: Sari, key: "{{secrets.key}}"}';
    expect(
      await failureOf(answered(`{${asked}, status: 201, body: {price: 7}}`, '201 7'), HTTP),
    ).toBeUndefined();
    expect(await failureOf(answered('{failed: timeout}', 'sorry'), HTTP)).toBeUndefined();
    expect((await failureOf(steps('in: tea\n        out: [sorry]'), HTTP))?.parts).toMatchObject([
      { key: 'http', message: 'Node "test/a" calls a web service, and the step has no answer ready' },
    ]);
    expect(
      (await failureOf(answered('{body: {price: 7}}, {status: 500}', '200 7'), HTTP))?.parts,
    ).toMatchObject([{ key: 'http', message: 'No node asked for this answer' }]);
    expect(
      (await failureOf(answered('{url: {match: coffee}, body: {price: 7}}', '200 7'), HTTP))?.parts,
    ).toMatchObject([{ key: 'http', diff: [{ sign: '-', text: 'url: { match: coffee }' }, { sign: '+' }] }]);
  });

  test('begins each test anew, with what the file and then the test say', async () => {
    const text = `contact: {name: Ani, tags: [vip]}\nstate: {said: 4}\nlast_message: 25h\ntests:
  - {name: file, steps: [{in: "yes", state: {said: 5}, tags: [vip]}]}
  - {name: own, state: {said: 7}, contact: {tags: []}, steps: [{in: "yes", state: {said: 8}, tags: []}]}
  - {name: again, steps: [{in: "yes", state: {said: 5}}]}\n`;
    const results = await runTests(suiteOf(text), loaded([FLOW]));
    expect(results.map(({ name, isPassed }) => [name, isPassed])).toEqual([
      ['file', true],
      ['own', true],
      ['again', true],
    ]);
    expect(
      await runTests(suiteOf(text), loaded([FLOW]), { isWanted: (name) => name === 'own' }),
    ).toHaveLength(1);
  });
});

describe('updateTests()', () => {
  const updated = async (text: string) => {
    const suite = suiteOf(text);
    const changed = updateTests(suite, await runTests(suite, loaded([FLOW])));
    const again = suiteOf(changed);
    expect((await runTests(again, loaded([FLOW]))).every(({ isPassed }) => isPassed)).toBe(true);
    return changed;
  };

  test('writes what differs in its place, and nothing else', async () => {
    const text = `# Kept.
tests:
    - name:  odd   layout  # kept
      steps:
        -   in: hello
            out:  # kept, too
              - You said bye # and this
        - in: 'yes'
          out:
            - |
              Something
              long
          state: {said:   7, other: null}
        - {advance: 1m, out: [Bye]}
        - in: hello
          out:
            - {match: You said}
            - Bye
        - {in: hello, out: [], waits: false}
`;
    expect(await updated(text)).toBe(`# Kept.
tests:
    - name:  odd   layout  # kept
      steps:
        -   in: hello
            out:  # kept, too
              - { text: You said hello, buttons: [{ id: y, title: yes }, { id: n, title: no }] } # and this
        - in: 'yes'
          out:
            - Fine
          state: {said:   1, other: null}
        - {advance: 1m, out: []}
        - in: hello
          out:
            - { text: You said hello, buttons: [{ id: y, title: yes }, { id: n, title: no }] }
        - {in: hello, out: [{ text: You said hello, buttons: [{ id: y, title: yes }, { id: n, title: no }] }], waits: false}
`);
  });

  test('makes a list of what was none, and none of a list', async () => {
    expect(
      await updated(
        steps('in: "yes"\n        out: []', 'in: hi\n        out:\n          - Fine\n        waits: false'),
      ),
    ).toBe(
      steps('in: "yes"\n        out:\n          - Fine', 'in: hi\n        out: []\n        waits: false'),
    );
  });

  test('leaves a file alone that is right', async () => {
    const text = steps('in: "yes"\n        out: [{match: "F.ne"}]');
    expect(await updated(text)).toBe(text);
  });
});

describe('createCoverage()', () => {
  test('tells which nodes and ways the turns reached', async () => {
    const { outline } = outlineFlows([FLOW]);
    if (!outline) throw new Error('no outline');
    const book = createCoverage();
    book.list(outline);
    expect(percentOf(book.flows())).toBe(0);
    const reach = async (text: string) => {
      const results = await runTests(suiteOf(text), loaded([FLOW]));
      for (const { steps: taken } of results) for (const { turns } of taken) book.add(outline, turns);
      const [flow] = book.flows();
      const names = (parts: readonly { name: string; isReached: boolean }[] = []) =>
        parts.filter(({ isReached }) => !isReached).map(({ name }) => name);
      return { nodes: names(flow?.nodes), ways: names(flow?.ways) };
    };
    expect(await reach(steps('in: hello'))).toEqual({
      nodes: ['b', 'd', 'e', 'f', 'g'],
      ways: [
        "a → b (condition message == 'yes')",
        'b → d (next)',
        'd → e (next)',
        'e → f (next)',
        'f → g (next)',
      ],
    });
    expect(await reach(steps('in: "yes"'))).toEqual({ nodes: [], ways: [] });
    expect(percentOf(book.flows())).toBe(100);
    expect(percentOf([])).toBe(100);
  });
});

test.each([
  ['25h', 90_000, '1d 1h'],
  ['90s', 90, '1m 30s'],
  ['1d 2h', 93_600, '1d 2h'],
  ['1.5h', 5_400, '1h 30m'],
  ['0s', 0, '0s'],
])('parseDuration() reads %s', (text, seconds, written) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(formatDuration(seconds)).toBe(written);
});

test.each(['', 'soon', '5', '5 h', '-1h', '1y', '99999d', '1h'.repeat(40)])(
  'parseDuration() refuses "%s"',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('matches() takes a part of a map, a whole list, and a pattern', () => {
  expect(matches({ a: 1 }, { a: 1, b: 2 })).toBe(true);
  expect(matches({ a: 1, c: null }, { a: 1, b: 2 })).toBe(true);
  expect(matches({ a: 1, b: null }, { a: 1, b: 2 })).toBe(false);
  expect(matches([1], [1, 2])).toBe(false);
  expect(matches({ match: 'b+' }, 'abba')).toBe(true);
  expect(matches({ match: '^b' }, 'abba')).toBe(false);
  expect(matches('y', { id: 'y', title: 'Yes' })).toBe(true);
  expect(matches('1', 1)).toBe(false);
});

test.each([
  'plain',
  'a, b',
  'a: b',
  '#no',
  '- x',
  'yes',
  '007',
  '1.0',
  'two\nlines',
  '"quoted"',
  "it's",
  '{{x}}',
  '',
  ' a ',
  '❤️',
  'null',
  '*x',
  '[a]',
])('oneLine() writes %j so that it is read again', (text) => {
  const written = oneLine({ text, list: [text, { [text]: text }] });
  expect(written).not.toContain('\n');
  const { findings } = readTests({
    path: 'x',
    text: `tests: [{name: x, state: ${written}, steps: [{in: hi, out: [{text: ${oneLine(text)}}]}]}]`,
  });
  expect(findings).toEqual([]);
  const suite = suiteOf(`tests: [{name: x, state: ${written}, steps: [{in: hi}]}]`);
  expect(suite.tests.tests[0]?.state).toEqual({ text, list: [text, { [text]: text }] });
});
