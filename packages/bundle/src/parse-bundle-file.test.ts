import { describe, expect, test } from '@jest/globals';
import { parseBundleFile } from './parse-bundle-file.ts';

const TEAM = 'enabled: true, public_base_url: https://a.b';
const number = (id: string, more = '') => `{ phone_number_id: ${id}${more} }`;
const team = (id: string, more: string, ...numbers: string[]) =>
  `      - { id: ${id}, ${TEAM}${more}, numbers: [${numbers.join(', ')}] }`;
const tenant = (id: string, ...rest: string[]) => [`  - id: ${id}`, ...rest];
const file = (...lines: string[]) => lines.join('\n');
const top = (...lines: string[]) =>
  file(...lines, 'tenants:', ...tenant('acme', '    teams:', team('sales', '', number('11'))));
const optOut = (...lines: string[]) =>
  file(
    'tenants:',
    ...tenant('acme', '    opt_out:', ...lines, '    teams:', team('sales', '', number('11'))),
  );

function parsed(text: string) {
  const result = parseBundleFile('bundle.yaml', text);
  if (result.kind === 'parsed') return result.value;
  throw new Error(JSON.stringify(result.problems));
}

function problemsOf(text: string): string[] {
  const result = parseBundleFile('bundle.yaml', text);
  const problems = result.kind === 'invalid' ? result.problems : [];
  return problems.map(
    ({ file: name, line, col, message, fix }) => `${name}:${line}:${col} ${message} (${fix})`,
  );
}

describe('parseBundleFile() reads', () => {
  test('what a bundle says of error codes, quoted or not', () => {
    const text = top(
      'graph_errors:',
      '  131026: { class: retry, retry_after: 3600, advice: Wait. }',
      '  "0": { class: pause_waba }',
      '  999999999: { retry_after: 86400 }',
      '  1: { advice: A. }',
    );
    expect([...parsed(text).graph_errors]).toEqual([
      [0, { class: 'pause_waba' }],
      [1, { advice: 'A.' }],
      [131026, { class: 'retry', retry_after: 3600, advice: 'Wait.' }],
      [999999999, { retry_after: 86400 }],
    ]);
    expect(parsed(top('graph_errors: {}')).graph_errors.size).toBe(0);
    expect(parsed(top()).graph_errors.size).toBe(0);
  });

  test.each([
    ['nothing', [], 'retry_once', 'retry_once', 'park'],
    ['one word for all', ['on_unknown: park'], 'park', 'park', 'park'],
    ['one word for all', ['on_unknown: retry_once'], 'retry_once', 'retry_once', 'retry_once'],
    ['one class', ['on_unknown: { reply: park }'], 'park', 'retry_once', 'park'],
    [
      'the others',
      ['on_unknown:', '  notification: park', '  broadcast: retry_once'],
      'retry_once',
      'park',
      'retry_once',
    ],
    ['an empty map', ['on_unknown: {}'], 'retry_once', 'retry_once', 'park'],
  ])('on_unknown with %s', (_, lines, reply, notification, broadcast) => {
    expect(parsed(top(...lines)).on_unknown).toEqual({ reply, notification, broadcast });
  });

  test.each([
    [[], 8],
    [['record_days: 3'], 3],
    [['record_days: 90'], 90],
  ])('record_days from %j', (lines, days) => {
    expect(parsed(top(...lines)).record_days).toBe(days);
  });

  test('what a tenant says of opt-outs', () => {
    const text = optOut(
      '      languages: [fr]',
      '      stop_words: [CANCEL, "0"]',
      '      confirmation: false',
      '      confirmation_in: Hi.',
    );
    expect(parsed(text).tenants[0]?.opt_out).toEqual({
      languages: ['fr'],
      stop_words: ['CANCEL', '0'],
      start_words: [],
      confirmation: false,
      confirmation_in: 'Hi.',
    });
  });

  test('tiers that numbers of a portfolio share, and others beside them', () => {
    const shared = ', tier: 2, tier_counts: all, tier_scope: portfolio';
    const text = file(
      'tenants:',
      ...tenant(
        'acme',
        '    teams:',
        team('sales', ', portfolio_id: 77', number('11', shared), number('12', ', tier: 3')),
        team('help', ', portfolio_id: "77"', number('13', shared)),
        team('more', ', portfolio_id: 78', number('14', ', tier: 1, tier_scope: portfolio')),
      ),
      ...tenant('other', '    teams:', team('sales', '', number('21', ', tier_scope: number'))),
    );
    const teams = parsed(text).tenants.flatMap((entry) => entry.teams);
    expect(teams.map((entry) => entry.portfolio_id)).toEqual(['77', '77', '78', undefined]);
    expect(teams.flatMap((entry) => entry.numbers.map((one) => one.tier_scope))).toEqual([
      'portfolio',
      'number',
      'portfolio',
      'portfolio',
      'number',
    ]);
  });
});

const MANY_WORDS = `[${Array.from({ length: 101 }, (_, index) => `w${index}`).join(', ')}]`;
const CODES = 'the keys of `graph_errors` must be error codes of Graph, of 1 to 9 digits';
const ENTRY =
  '`graph_errors` must be a map from error codes of Graph to at least one of class, retry_after and advice';
const UNKNOWN = 'must be retry_once or park';
const WORDS = 'must be a list of at most 100 words of 1 to 64 characters, each with a letter or a digit';

describe('parseBundleFile() refuses, with place and fix,', () => {
  test.each<[string, string[], string]>([
    ['a code that is none', ['graph_errors:', '  rate: { class: retry }'], `2:3 ${CODES}`],
    ['a code of ten digits', ['graph_errors:', '  1234567890: { class: retry }'], `2:3 ${CODES}`],
    ['a code with a zero before it', ['graph_errors:', '  "04": { class: retry }'], `2:3 ${CODES}`],
    [
      'the name of the prototype',
      ['graph_errors:', '  __proto__: { class: retry }'],
      '2:3 `__proto__` is not known here',
    ],
    [
      'one code twice',
      ['graph_errors:', '  4: { class: retry }', '  "4": { advice: A. }'],
      '3:3 this key is',
    ],
    ['a code without a word', ['graph_errors:', '  4: {}'], `2:6 ${ENTRY}, got an empty map`],
    ['a code with nothing', ['graph_errors:', '  4:'], `${ENTRY}, got nothing`],
    ['a code with a bare class', ['graph_errors:', '  4: retry'], `2:6 ${ENTRY}, got text`],
    ['a list of codes', ['graph_errors: [4]'], `1:15 ${ENTRY}, got a list`],
    [
      'a misspelt class',
      ['graph_errors:', '  4: { class: wait_numbr }'],
      '2:15 `class` must be one of retry, wait_number,',
    ],
    ['a misspelt class', ['graph_errors:', '  4: { class: wait_numbr }'], '(did you mean `wait_number`?)'],
    ['a class far from all', ['graph_errors:', '  4: { class: no }'], '(it says what has to wait or stop;'],
    [
      'a misspelt key of a code',
      ['graph_errors:', '  4: { clas: retry }'],
      '2:8 `clas` is not known here (did you mean `class`?)',
    ],
    [
      'no wait',
      ['graph_errors:', '  4: { retry_after: 0 }'],
      '2:21 `retry_after` must be a whole number from 1 to 86400, got a number',
    ],
    ['a wait of over a day', ['graph_errors:', '  4: { retry_after: 86401 }'], '2:21 `retry_after` must be'],
    ['an empty advice', ['graph_errors:', '  4: { advice: "" }'], '2:16 `advice` must be text of 1 to 500'],
    [
      'an advice that is too long',
      ['graph_errors:', `  4: { advice: ${'x'.repeat(501)} }`],
      '2:16 `advice` must be text of 1 to 500',
    ],
    ['a misspelt word', ['on_unknown: prak'], `1:13 \`on_unknown\` ${UNKNOWN}, or a map`],
    ['a misspelt word', ['on_unknown: prak'], '(did you mean `park`?)'],
    ['no word', ['on_unknown:'], `\`on_unknown\` ${UNKNOWN}, or a map`],
    [
      'a wrong word for a class',
      ['on_unknown: { broadcast: yes }'],
      `1:26 \`broadcast\` ${UNKNOWN}, got text`,
    ],
    ['nothing for a class', ['on_unknown:', '  reply: 5'], `2:10 \`reply\` ${UNKNOWN}, got a number`],
    ['a misspelt class', ['on_unknown: { replys: park }'], '1:15 `replys` is not known here (did you mean'],
    ['two days', ['record_days: 2'], '1:14 `record_days` must be a whole number from 3 to 90, got a number'],
    ['91 days', ['record_days: 91'], '1:14 `record_days` must be'],
    ['half a day', ['record_days: 8.5'], '1:14 `record_days` must be'],
    ['text', ['record_days: "8"'], '1:14 `record_days` must be a whole number from 3 to 90, got text'],
  ])('%s: %j', (_, lines, expected) => {
    expect(problemsOf(top(...lines))).toEqual([expect.stringContaining(expected)]);
  });

  test.each<[string, string[], string]>([
    [
      'an unknown language',
      ['languages: [en, xx]'],
      '4:23 `languages` must be a list with any of en, id, pt,',
    ],
    ['one language without a list', ['languages: en'], '4:18 `languages` must be a list with any of en'],
    ['a word of symbols alone', ['stop_words: [OK, "🛑"]'], `4:24 \`stop_words\` ${WORDS}, got text`],
    ['an empty word', ['start_words: [""]'], `4:21 \`start_words\` ${WORDS}, got empty text`],
    ['a word that is a number', ['start_words: [0]'], `4:21 \`start_words\` ${WORDS}, got a number`],
    [
      'a word that is too long',
      [`stop_words: [${'x'.repeat(65)}]`],
      `4:20 \`stop_words\` ${WORDS}, got text`,
    ],
    ['too many words', [`stop_words: ${MANY_WORDS}`], `4:19 \`stop_words\` ${WORDS}, got a list`],
    [
      'an empty confirmation',
      ['confirmation: ""'],
      '4:21 `confirmation` must be text of 1 to 4096 characters, or false, got empty text',
    ],
    ['a confirmation that is true', ['confirmation: true'], '4:21 `confirmation` must be'],
    ['a confirmation that is too long', [`confirmation: ${'x'.repeat(4097)}`], '4:21 `confirmation` must be'],
    ['no answer to a start word', ['confirmation_in: false'], '4:24 `confirmation_in` must be text of 1 to'],
    [
      'an answer to a start word that is too long',
      [`confirmation_in: ${'x'.repeat(4097)}`],
      '4:24 `confirmation_in` must be text of 1 to',
    ],
    ['a misspelt key', ['stop_word: [OK]'], '4:7 `stop_word` is not known here (did you mean `stop_words`?)'],
  ])('%s', (_, lines, expected) => {
    expect(problemsOf(optOut(...lines.map((line) => `      ${line}`)))).toEqual([
      expect.stringContaining(expected),
    ]);
  });

  const shared = (id: string, more: string) => number(id, `, tier_scope: portfolio${more}`);
  test.each<[string, string[], string[]]>([
    [
      'a portfolio that is no id',
      tenant('acme', '    teams:', team('sales', ', portfolio_id: acme', shared('11', ''))),
      ['4:81 `portfolio_id` must be digits, got text'],
    ],
    [
      'a scope that is none',
      tenant('acme', '    teams:', team('sales', '', number('11', ', tier_scope: portfolios'))),
      ['4:112 `tier_scope` must be number or portfolio, got text (did you mean `portfolio`?)'],
    ],
    [
      'a shared tier without a portfolio',
      tenant('acme', '    teams:', team('sales', '', number('10'), shared('11', ''))),
      ['4:137 `tier_scope` is portfolio, but the team has no `portfolio_id`'],
    ],
    [
      'numbers of one portfolio that differ',
      tenant(
        'acme',
        '    teams:',
        team('sales', ', portfolio_id: 77', shared('11', ', tier: 2')),
        team('help', ', portfolio_id: 77', shared('12', ', tier: 3, tier_counts: all'), shared('13', '')),
      ),
      [
        '5:146 numbers 11 and 12 share the tier of portfolio 77, but differ in `tier`',
        '5:162 numbers 11 and 12 share the tier of portfolio 77, but differ in `tier_counts`',
        '5:169 numbers 11 and 13 share the tier of portfolio 77, but differ in `tier`',
      ],
    ],
    [
      'hosts that are none, and a word that is none',
      [
        ...tenant(
          'acme',
          '    teams:',
          team('sales', ', http: { allow: ["https://crm/path", "*.crm"], alow: [] }', number('11')),
        ),
        'removed_flows: keep',
      ],
      [
        '`allow` must be a list of at most 100 hosts, each as host, host:port or http://host:port, got text',
        '`allow` must be a list of at most 100 hosts, each as host, host:port or http://host:port, got text',
        '`alow` is not known here (did you mean `allow`?)',
        '`removed_flows` must be finish or end, got text',
      ],
    ],
    [
      'subscribers that could not be told, or that are there twice',
      [
        ...tenant(
          'acme',
          '    teams:',
          team('sales', ', subscribers: [{ id: CRM, url: "ftp://crm", events: ["*.paid"] }]', number('11')),
          team(
            'help',
            ', subscribers: [{ id: a, url: "https://u:p@crm", event: [] }, { id: b }]',
            number('12'),
          ),
          team(
            'twice',
            ', subscribers: [{ id: a, url: "http://a" }, { id: a, url: "http://b" }]',
            number('13'),
          ),
        ),
      ],
      [
        '`id` must be lower-case letters, digits and dashes, 63 at most, got text (it names',
        '`url` must be an http or https address of at most 2048 characters, without a password or #, got text',
        '`events` must be a list of 1 to 100 types of events, with * at the end of one only, got text',
        '`url` must be an http or https address',
        '`event` is not known here (did you mean `events`?)',
        '`url` is missing',
        'subscriber "a" is there already, on line 6 (give each subscriber of a team an id of its own)',
      ],
    ],
    [
      'a portfolio in two tenants',
      [
        ...tenant('acme', '    teams:', team('sales', ', portfolio_id: 77', number('11'))),
        ...tenant('other', '    teams:', team('sales', ', portfolio_id: 77', number('12', ', tier: 3'))),
      ],
      ['7:81 portfolio 77 belongs to tenant "acme" already'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(problemsOf(file('tenants:', ...lines))).toEqual(
      expected.map((problem) => expect.stringContaining(problem)),
    );
  });

  test('a tenant that is there twice, and not its portfolio with it', () => {
    const acme = tenant('acme', '    teams:', team('sales', ', portfolio_id: 77', number('11')));
    const again = tenant('acme', '    teams:', team('help', ', portfolio_id: 77', number('12')));
    expect(problemsOf(file('tenants:', ...acme, ...again))).toEqual([
      'bundle.yaml:5:9 tenant "acme" is there already, on line 2 (join the two entries)',
    ]);
  });

  test('all faults at once, in the order of the file', () => {
    const text = file(
      'record_days: 1',
      'graph_errors: { 4: { class: wait } }',
      'on_unknown: perhaps',
      'tenants:',
      ...tenant(
        'Acme',
        '    opt_out: { languages: [xx] }',
        '    teams:',
        team('sales', '', shared('11', ''), number('11')),
        '      - 5',
      ),
      ...tenant('acme', '    teams:', team('sales', ', portfolio_id: 77', shared('12', ', tier: 7'))),
      ...tenant('other', '    teams:', team('sales', ', portfolio_id: 77', shared('13', ''))),
      '  - [1]',
    );
    expect(
      problemsOf(text).map((problem) => /^bundle\.yaml:(\d+):\d+ (.{24})/.exec(problem)?.slice(1)),
    ).toEqual([
      ['1', '`record_days` must be a '],
      ['2', '`class` must be one of r'],
      ['3', '`on_unknown` must be ret'],
      ['5', '`id` must be lower-case '],
      ['6', '`languages` must be a li'],
      ['8', '`tier_scope` is portfoli'],
      ['8', 'phone_number_id 11 is th'],
      ['9', '`teams` must be a list w'],
      ['12', '`tier` must be one of 25'],
      ['15', 'portfolio 77 belongs to '],
      ['16', '`tenants` must be a list'],
    ]);
  });
});
