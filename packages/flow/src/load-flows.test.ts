import { describe, expect, test } from '@jest/globals';
import { checkFragment, describeTriggers, loadFlows, type Finding } from './index.ts';
import { fixture, flowOf } from './testing/conversation.ts';

const FRAME = 'name: test\nversion: "1.0"\n';
const NODE = 'nodes:\n  - {id: a, type: reply, config: {message: hi}}\n';
const TRIGGERS = 'triggers:\n  - {type: message, target: a}\n';
const reply = (config: string) => flowOf(`- {id: a, type: reply, config: ${config}}`).text;
const buttons = (...titles: string[]) =>
  `{message: x, buttons: [${titles.map((title, index) => `{id: b${index}, title: ${title}}`).join(', ')}]}`;

const node = (type: string, config: string) => flowOf(`- {id: a, type: ${type}, config: ${config}}`).text;
const triggered = (trigger: string) =>
  `${FRAME}${NODE}  - {id: b, type: reply, config: {message: hi}}\ntriggers:\n  - ${trigger}\n`;
const when = (expression: string) =>
  node('branch', `{conditions: [{expression: "${expression}", next: a}], default: a}`);

/** code, what the case is, the file, the text under the caret, a part of message or fix */
const CASES: [string, string, string, string, string][] = [
  ['E101', 'a tab', 'name:\n\t- a\n', '\t', 'Cannot read the YAML'],
  ['E101', 'a key twice', `${FRAME}name: again\n${NODE}${TRIGGERS}`, 'name', 'unique'],
  ['E101', 'an unknown tag', `${FRAME}description: !js x\n${NODE}${TRIGGERS}`, '!js', 'tag'],
  ['E102', 'a file too large', `# ${'x'.repeat(256 * 1024)}`, '#', '256 KiB'],
  ['E102', 'brackets too deep', `a: ${'['.repeat(5000)}`, 'a', 'deeper'],
  [
    'E102',
    'maps too deep',
    Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    '',
    'deeper',
  ],
  [
    'E102',
    'an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n`,
    'a',
    'alias',
  ],
  [
    'E103',
    'the default of the window example at the dashes',
    `${FRAME}nodes:\n  - id: a\n    type: branch\n    config:\n      conditions:\n        - expression: "now > 1"\n          next: a\n        default: a\n${TRIGGERS}`,
    'default: a',
    'as far as `conditions`',
  ],
  ['E104', 'no version', `name: test\n${NODE}${TRIGGERS}`, 'name', '`version` is missing'],
  ['E104', 'a version without quotes', `name: test\nversion: 1.0\n${NODE}${TRIGGERS}`, '1.0', 'in quotes'],
  ['E104', 'no triggers', `${FRAME}${NODE}`, 'name', '`triggers` is missing'],
  ['E104', 'a reply of nothing', reply('{}'), '{}', 'exactly one'],
  [
    'E104',
    'two forms in one reply',
    reply('{template: {name: a, language: en}, raw: {type: text}}'),
    '{name',
    'exactly one',
  ],
  [
    'E104',
    'an unknown word for a closed window',
    reply('{message: x, outside_window: later}'),
    'later',
    '"skip" or "fail" or a map',
  ],
  [
    'E104',
    'no template for a closed window',
    reply('{message: x, outside_window: {}}'),
    'outside_window',
    '`template` is missing',
  ],
  ['E104', 'a flag that is a text', reply('{message: x, retry_on_rate_limit: "yes"}'), '"yes"', 'boolean'],
  [
    'E104',
    'too many retries',
    flowOf('- {id: a, type: reply, config: {message: x}}', 'config: {retry_policy: {max_retries: 21}}\n')
      .text,
    '21',
    'at most 20',
  ],
  ['E104', 'a number for a text', reply('{message: 12}'), '12', 'in quotes'],
  [
    'E104',
    'an unknown trigger',
    `${FRAME}${NODE}triggers:\n  - {type: mesage, target: a}\n`,
    'mesage',
    'message',
  ],
  [
    'E105',
    'a misspelt key of the file',
    `${FRAME}discription: x\n${NODE}${TRIGGERS}`,
    'discription',
    '`description`',
  ],
  [
    'E105',
    'a misspelt key of a node',
    flowOf('- {id: a, type: reply, nxt: b, config: {message: x}}').text,
    'nxt',
    '`next`',
  ],
  [
    'E105',
    'a misspelt flag',
    reply('{message: x, retry_on_ratelimit: true}'),
    'retry_on_ratelimit',
    '`retry_on_rate_limit`',
  ],
  [
    'E105',
    'a misspelt key of the retry policy',
    flowOf('- {id: a, type: reply, config: {message: x}}', 'config: {retry_policy: {max_retry: 5}}\n').text,
    'max_retry',
    '`max_retries`',
  ],
  ['E105', 'retries of one node', reply('{message: x, max_retries: 3}'), 'max_retries', 'beside `nodes`'],
  [
    'E105',
    'a retry policy of one node',
    flowOf('- {id: a, type: reply, retry_policy: {max_retries: 3}, config: {message: x}}').text,
    'retry_policy',
    'beside `nodes`',
  ],
  [
    'E105',
    'a flag beside the config',
    flowOf('- {id: a, type: reply, retry_on_rate_limit: true, config: {message: x}}').text,
    'retry_on_rate_limit',
    'into `config`',
  ],
  [
    'E105',
    'a flag of a node that sends nothing',
    flowOf('- {id: a, type: template, config: {template: x, retry_on_rate_limit: true}}').text,
    'retry_on_rate_limit',
    'no key',
  ],
  [
    'E105',
    'a flag beside the config of a node that sends nothing',
    flowOf('- {id: a, type: template, retry_on_429: true, config: {template: x}}').text,
    'retry_on_429',
    'no key of a `template` node',
  ],
  [
    'E105',
    'another key beside the template for a closed window',
    reply('{message: x, outside_window: {template: {name: a, language: en}, message: x}}'),
    'message: x}}',
    'known here',
  ],
  ['E105', 'a misspelt key of a config', reply('{mesage: x}'), 'mesage', '`message`'],
  [
    'E105',
    'a misspelt key inside a message',
    reply(
      '{interactive: {type: button, body: {txt: x}, action: {buttons: [{type: reply, reply: {id: a, title: b}}]}}}',
    ),
    'txt',
    '`text`',
  ],
  [
    'E106',
    'a misspelt type',
    flowOf('- {id: a, type: repley, config: {message: x}}').text,
    'repley',
    '`reply`',
  ],
  ['E107', 'a type of other products', flowOf('- {id: a, type: llm, config: {}}').text, 'llm', '`http` node'],
  [
    'E115',
    'a time zone that there is not',
    `${FRAME}${NODE}triggers:\n  - {type: timer, cron: "0 9 * * 1", timezone: Asia/Jakarte, audience: {tag: x}, target: a}\n`,
    'Asia/Jakarte',
    'time zone',
  ],
  [
    'E115',
    'a schedule of six fields',
    `${FRAME}${NODE}triggers:\n  - {type: timer, cron: "0 0 9 * * 1", audience: {tag: x}, target: a}\n`,
    '"0 0 9',
    'five fields',
  ],
  [
    'E115',
    'a day that never comes',
    `${FRAME}${NODE}triggers:\n  - {type: timer, cron: "0 9 31 2 *", audience: {tag: x}, target: a}\n`,
    '"0 9 31 2',
    'no time',
  ],
  [
    'E109',
    'an id twice',
    flowOf('- {id: a, type: reply, config: {message: x}}\n- {id: a, type: reply, config: {message: y}}').text,
    'a',
    'twice',
  ],
  [
    'E110',
    'a next that is not there',
    flowOf('- {id: ask, type: reply, next: asl, config: {message: x}}').text,
    'asl',
    'does not exist',
  ],
  [
    'E110',
    'a trigger to nowhere',
    `${FRAME}${NODE}triggers:\n  - {type: message, target: b}\n`,
    'b',
    'The message trigger',
  ],
  [
    'E111',
    'a cycle',
    flowOf(
      '- {id: a, type: reply, next: b, config: {message: x}}\n- {id: b, type: reply, next: a, config: {message: x}}',
    ).text,
    'b',
    'leads back to "a"',
  ],
  [
    'E111',
    'a node to itself on error',
    flowOf('- {id: a, type: reply, on_error: a, config: {message: x}}').text,
    'a',
    'leads back',
  ],
  ['E112', 'a bare list', '- {id: a, type: reply, config: {message: hi}}\n', '-', 'under `nodes:`'],
  [
    'E113',
    'next and to',
    flowOf(
      '- {id: a, type: reply, next: b, to: c, config: {message: x}}\n- {id: b, type: reply, config: {message: x}}\n- {id: c, type: reply, config: {message: x}}',
    ).text,
    'c',
    'alias',
  ],
  [
    'E113',
    'both flags',
    reply('{message: x, retry_on_rate_limit: true, retry_on_429: false}'),
    'false',
    'different',
  ],
  [
    'E114',
    'a bad pattern',
    `${FRAME}${NODE}triggers:\n  - {type: message, pattern: "(", target: a}\n`,
    '"("',
    'RE2',
  ],
  [
    'E201',
    'an assignment',
    flowOf(
      '- {id: a, type: branch, config: {conditions: [{expression: "message = 1", next: b}]}}\n- {id: b, type: reply, config: {message: x}}',
    ).text,
    '=',
    '`==`',
  ],
  [
    'E202',
    'a name in a condition',
    flowOf(
      '- {id: a, type: branch, config: {conditions: [{expression: "buton.id == \'x\'", next: b}]}}\n- {id: b, type: reply, config: {message: x}}',
    ).text,
    'buton.id',
    '`button`',
  ],
  ['E203', 'a function', reply('{message: "{{uper(message)}}"}'), 'uper(message)', '`upper`'],
  ['E204', 'types', reply(`{message: "{{1 + 'a'}}"}`), "1 + 'a'", 'a number and a text'],
  [
    'E205',
    'nested list functions',
    reply('{message: "{{contacts.map(a, contacts.map(b, a))}}"}'),
    'contacts.map(a',
    'inside',
  ],
  ['E206', 'open braces', reply('{message: "a {{b"}'), '{{b', '}}'],
  [
    'E301',
    'a title too long',
    reply(buttons('ok', '"123456789012345678901"')),
    '"123456789012345678901"',
    'at most 20',
  ],
  ['E301', 'two buttons of one title', reply(buttons('same', 'same')), '[', 'titles must differ'],
  [
    'E301',
    'a row title too long',
    reply(buttons('a', 'b', 'c', '"1234567890123456789012345"')),
    '"1234567890123456789012345"',
    'at most 24',
  ],
  ['E301', 'a text too long', reply(`{message: "${'x'.repeat(4097)}"}`), '"xxx', 'at most 4096'],
  [
    'E301',
    'fixed parts too long',
    reply(`{media: {type: image, link: "https://a.b/c", caption: "{{message}}${'x'.repeat(1025)}"}}`),
    '"{{message',
    'at most 1024',
  ],
  [
    'E301',
    'a template for a closed window that is none',
    reply('{message: x, outside_window: {template: {name: Bad, language: en}}}'),
    'Bad',
    'lower-case',
  ],
  [
    'E302',
    'a component without a type in it',
    reply(
      '{message: x, outside_window: {template: {name: a, language: en, components: [{parameters: []}]}}}',
    ),
    '{parameters',
    '`type` is missing',
  ],
  [
    'E206',
    'open braces in it',
    reply('{message: x, outside_window: {template: {name: a, language: "{{b"}}}'),
    '{{b',
    '}}',
  ],
  [
    'W201',
    'an unknown name in it',
    reply(
      '{message: x, outside_window: {template: {name: a, language: en, components: [{type: body, parameters: [{type: text, text: "{{nobody}}"}]}]}}}',
    ),
    'nobody',
    'Nothing declares',
  ],
  ['E301', 'no address', reply('{media: {type: image, link: picture.jpg}}'), 'picture.jpg', 'http'],
  [
    'E301',
    'a caption for a sticker',
    reply('{message: x, media: {type: sticker, id: "1"}}'),
    'x',
    'no caption',
  ],
  ['E301', 'a latitude that is none', reply('{location: {latitude: 91, longitude: 0}}'), '91', 'at most 90'],
  ['E301', 'no latitude', reply('{location: {longitude: 0}}'), 'location', 'latitude'],
  [
    'E301',
    'an unknown interactive',
    reply('{interactive: {type: buton, body: {text: x}, action: {}}}'),
    'buton',
    'button',
  ],
  [
    'W201',
    'an unknown name in a text',
    reply('{message: "Hi {{order_id}}"}'),
    'order_id',
    'Nothing declares',
  ],
  [
    'W111',
    'a node that nothing reaches',
    flowOf('- {id: a, type: reply, config: {message: x}}\n- {id: lonely, type: reply, config: {message: x}}')
      .text,
    'lonely',
    'Nothing leads to',
  ],
  [
    'W112',
    'a trigger after one like it',
    `${FRAME}${NODE}${TRIGGERS}  - {type: message, target: a}\n`,
    '{type',
    'never fires',
  ],
  [
    'W113',
    'outside_window of a template',
    reply('{template: {name: a, language: en}, outside_window: skip}'),
    'outside_window',
    'no effect',
  ],
  [
    'W113',
    'outside_window of a raw template',
    reply('{raw: {type: template}, outside_window: {template: {name: a, language: en}}}'),
    'outside_window',
    'no effect',
  ],
  ['E104', 'an empty file', '# nothing yet\n', '#', 'The file is empty begin with `name`'],
  ['E104', 'an empty config', reply(''), '}', '`config` is empty'],
  ['E104', 'a config of nothing', reply('{}'), '{}', '`config`: a reply sends'],
  ['E104', 'an empty trigger', triggered('~'), '~', 'The trigger is empty'],
  ['E104', 'an answer that is not known', node('wait', '{expect: dates}'), 'dates', 'did you mean `date`?'],
  ['E104', 'a method in small letters', node('http', '{method: get, url: "https://a.b"}'), 'get', '`GET`?'],
  ['E104', 'an action with a space', node('state', '{action: "get ", key: x}'), '"get "', 'mean `get`?'],
  ['E104', 'a trigger of many', triggered('{type: messages, target: a}'), 'messages', 'mean `message`?'],
  ['E104', 'minutes', node('wait', '{timeout: 30 minutes}'), '30', 'write seconds: `1800`'],
  ['E104', 'hours', node('handoff', '{release_after: 2h}'), '2h', 'write seconds: `7200`'],
  ['E104', 'time in words', node('wait', '{timeout: an hour}'), 'an', 'write seconds, such as `1800`'],
  [
    'E104',
    'seconds for http',
    node('http', '{url: "https://a.b", timeout: 5s}'),
    '5s',
    'milliseconds: `5000`',
  ],
  ['E104', 'a number in quotes', node('wait', '{timeout: "60"}'), '"60"', 'write `60` without quotes'],
  [
    'E104',
    'buttons of titles',
    reply('{message: x, buttons: [Menu, Book]}'),
    'Menu',
    'Entry 1 of `buttons` must be a map, not text write `{title: Menu}`',
  ],
  ['E104', 'a button alone', reply('{message: x, buttons: Menu}'), 'Menu', 'write `[{title: Menu}]`'],
  [
    'E104',
    'an address for media',
    reply('{media: "https://a.b/c.jpg"}'),
    '"https',
    'write `{type: image, link',
  ],
  ['E104', 'a word alone', triggered('{type: keyword, words: book, target: a}'), 'book', 'write `[book]`'],
  [
    'E104',
    'a word with a colon',
    triggered('{type: keyword, words: "a: b", target: a}'),
    '"a: b"',
    'write `["a: b"]`',
  ],
  [
    'E104',
    'a name of two words',
    `name: Book Café\nversion: "1"\n${NODE}${TRIGGERS}`,
    'Book',
    'write `Book_Cafe`',
  ],
  ['E104', 'a target of two words', reply('{message: x}, next: the end'), 'the', 'write `the_end`'],
  [
    'E104',
    'no number as a text',
    reply('{message: .nan}'),
    '.nan',
    'nothing can hold put it in quotes: ".nan"',
  ],
  [
    'E104',
    'an endless number',
    `${FRAME}variables: {a: -.inf}\n${NODE}${TRIGGERS}`,
    '-.inf',
    'quotes: "-.inf"',
  ],
  ['E104', 'an endless wait', node('wait', '{timeout: .inf}'), '.inf', 'write a number'],
  ['E105', 'the address of media', reply('{media: {type: image, url: "https://a.b/c"}}'), 'url', '`link`'],
  ['E105', 'text for message', reply('{text: hi}'), 'text', 'did you mean `message`?'],
  [
    'E105',
    'text beside the config',
    flowOf('- {id: a, type: reply, text: hi}').text,
    'text',
    'write `message`, and put it into `config`',
  ],
  [
    'E105',
    'keywords for words',
    triggered('{type: keyword, keywords: [x], target: a}'),
    'keywords',
    '`words`',
  ],
  ['E105', 'flow for name', `flow: x\nversion: "1"\n${NODE}${TRIGGERS}`, 'flow', 'did you mean `name`?'],
  ['E105', 'steps for nodes', `${FRAME}steps: []\n${TRIGGERS}`, 'steps', 'did you mean `nodes`?'],
  ['E105', 'a text cut by a comma', reply('{message: Sorry, try later}'), 'try later', 'in quotes'],
  [
    'E105',
    'a text at a node cut by a comma',
    flowOf('- {id: a, type: log, message: Sorry, later}').text,
    'message',
    'into `config`',
  ],
  [
    'E110',
    'letters that changed places',
    flowOf('- {id: start, type: reply, next: strat, config: {message: x}}').text,
    'strat',
    'did you mean `start`?',
  ],
  ['E201', 'braces in an expression', when("{{message}} == 'x'"), '}', 'leave `{{ }}` out'],
  [
    'E201',
    'a function without parentheses',
    reply('{message: "{{upper message}}"}'),
    'message',
    'write `upper(message)`',
  ],
  [
    'E201',
    'an end that is missing',
    when("message == 'x' &&"),
    '"',
    'it ends too early write what is missing after `&&`',
  ],
  ['E202', 'a text without quotes', when('message == book'), 'book', "put a text in quotes: `'book'`"],
  [
    'E202',
    'a text that is nearly a name',
    when('message != orders'),
    'orders',
    "`order`? Or put a text in quotes: `'orders'`",
  ],
  ['E202', 'a text before the operator', when('menue == message'), 'menue', "quotes: `'menue'`"],
  [
    'W124',
    'single braces',
    reply('{message: "{{now}} {friend} { contact.name } {now}"}'),
    '{ contact.name }',
    'write `{{contact.name}}`',
  ],
];

/** The only findings of a slip that would bring others. */
const ALONE: [string, string, string[]][] = [
  ['buttons of titles', reply('{message: x, buttons: [Menu, Book]}'), ['E104']],
  [
    'an unknown key for the one that is missing',
    triggered('{type: keyword, keywords: [x], target: a}'),
    ['E105'],
  ],
  ['an unknown key for a message', reply('{text: hi}'), ['E105']],
  ['a key beside the config', flowOf('- {id: a, type: log, message: hi}').text, ['E105']],
  ['a trigger that cannot be read', triggered('{type: keyword, words: x, target: b}'), ['E104']],
  [
    'a node that cannot be read',
    flowOf('- {id: a, type: repley, next: b}\n- {id: b, type: reply, config: {message: x}}').text,
    ['E106'],
  ],
];

function find(code: string, text: string, strict = true): Finding {
  const { findings } = loadFlows([{ path: 'test.ygtc', text }], { strict });
  const found = findings.find((each) => each.code === code);
  if (!found) throw new Error(`no ${code} in ${JSON.stringify(findings)}`);
  return found;
}

describe('loadFlows()', () => {
  test.each(CASES)('reports %s: %s', (code, _, text, under, words) => {
    const { line, col, lineText, message, fix, severity } = find(code, text);
    expect(`${message} ${fix ?? ''}`).toContain(words);
    expect(text.split('\n')[line - 1]).toBe(lineText);
    expect(lineText.slice(col - 1).startsWith(under)).toBe(true);
    expect(severity).toBe(code.startsWith('E') ? 'error' : 'warning');
    expect('flows' in loadFlows([{ path: 'test.ygtc', text }])).toBe(severity === 'warning');
  });

  test.each(ALONE)('reports %s once', (_, text, codes) => {
    expect(loadFlows([{ path: 'test.ygtc', text }]).findings.map(({ code }) => code)).toEqual(codes);
  });

  test('takes single braces around what is no known name', () => {
    const text = reply('{message: "{friend} {a, now} {} {{default(now, 1)}}"}');
    expect(loadFlows([{ path: 'a', text }]).findings).toEqual([]);
  });

  test('takes a missing target of the seed’s button example as an error, or a warning where not strict', () => {
    const seed = fixture('on_button.ygtc');
    const strict = loadFlows([seed]);
    expect(strict.flows).toBeUndefined();
    expect(strict.findings.map(({ code, line }) => [code, line])).toEqual([
      ['E110', 12],
      ['E110', 14],
      ['E110', 15],
    ]);
    const lax = loadFlows([seed], { strict: false });
    expect(lax.flows?.names).toEqual(['handle_button']);
    expect(lax.findings.map(({ code }) => code)).toEqual(['W110', 'W110', 'W110']);
  });

  test('reports all findings of all files, by file and line', () => {
    const bad = (path: string) => ({
      path,
      text: `${FRAME}${NODE}oops: 1\ntriggers:\n  - {type: message, target: b}\n`,
    });
    const { findings } = loadFlows([bad('b.ygtc'), bad('a.ygtc')]);
    expect(findings.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'a.ygtc:5 E105',
      'b.ygtc:5 E105',
    ]);
    expect(
      loadFlows([flowOf('- {id: a, type: reply, config: {message: x}}'), { path: 'z', text: 'a: [' }])
        .findings,
    ).toMatchObject([{ file: 'z', code: 'E101' }]);
  });

  test('reports a flow name that is used twice', () => {
    const [one, two] = ['one.ygtc', 'two.ygtc'].map((path) => ({ path, text: `${FRAME}${NODE}${TRIGGERS}` }));
    if (!one || !two) throw new Error('unreachable');
    expect(loadFlows([one, two]).findings).toContainEqual(
      expect.objectContaining({ code: 'E109', file: 'two.ygtc', line: 1 }),
    );
  });

  test('gives a hash that changes with any file', () => {
    const source = flowOf('- {id: a, type: reply, config: {message: x}}');
    const hashOf = (text: string) => loadFlows([{ ...source, text }]).flows?.hash;
    expect(hashOf(source.text)).toBe(hashOf(source.text));
    expect(hashOf(source.text)).not.toBe(hashOf(`${source.text}\n`));
  });

  test('loads nothing from nothing', () => {
    expect(loadFlows([])).toMatchObject({ findings: [], flows: { names: [] } });
  });
});

describe('checkFragment()', () => {
  test('takes a bare list of nodes and leaves its targets alone', () => {
    expect(
      checkFragment({ path: 'a', text: '- {id: a, type: reply, next: b, config: {message: hi}}' }),
    ).toEqual([]);
  });

  test('finds what is wrong in a fragment', () => {
    const findings = checkFragment({
      path: 'a',
      text: '- {id: a, type: reply, config: {message: "{{lowr(message)}}"}}',
    });
    expect(findings).toMatchObject([{ code: 'E203', line: 1 }]);
    expect(checkFragment({ path: 'a', text: 'a: 1' })).toMatchObject([{ code: 'E104' }]);
  });
});

describe('describeTriggers()', () => {
  test('prints triggers by precedence, whatever their order in the file', () => {
    const types = ['default', 'message', 'media', 'interactive'].map(
      (type) => `  - {type: ${type}, target: a}\n`,
    );
    const pattern =
      '  - {type: message, pattern: hi, target: a}\n  - {type: keyword, words: [menu], target: a}\n';
    const { flows } = loadFlows([
      { path: 't', text: `${FRAME}${NODE}triggers:\n${types.join('')}${pattern}` },
    ]);
    expect(flows && describeTriggers(flows)).toEqual([
      '1. interactive → test/a',
      '2. media → test/a',
      '3. keyword menu → test/a',
      '4. message /hi/ → test/a',
      '5. message → test/a',
      '6. default → test/a',
    ]);
  });
});
