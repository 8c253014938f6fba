import { describe, expect, test } from '@jest/globals';
import { figure } from '../../../../test/support/figure.ts';
import { createCompiler, ExpressionFailure, type Expression } from '../expression/compile.ts';
import { type ExpressionProblem } from '../expression/problem.ts';
import { type Scope } from '../expression/scope.ts';
import { compileTemplate } from '../expression/template.ts';
import { FINDING_CODES } from '../finding-codes.ts';
import { checkFragment, loadFlows } from '../index.ts';
import { exampleFlows } from '../testing/conversation.ts';

// A hundred thousand of each, from one seed: FUZZ_SEED=7 npm run jest -- fuzz repeats a run. An input that fails is in the
// message of the failure.

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_240_229);
const COUNT = 100_000;
/** One input, on a busy machine; a hang takes longer than any of it. */
const ONE_MS_MAX = 2000;
const STEPS = 10_000;
/** Stands in everything that a contact has written: no message of a failure may hold it. */
const CANARY = 'qXzCANARY';
const HOSTILE = `${CANARY}{{7*7}}{{secrets.TOKEN}}\${7*7}<%= 7*7 %>\u0000\u2028\ud800"'}}`;

type Random = () => number;

/** Mulberry32: small, and the same everywhere. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const declared = {
  state: new Set(['count', 'name', 'items', 'deep', 'gone', 'huge', 'flag']),
  anyState: false,
  input: new Set(['given']),
  flow: { currency: 'IDR', rate: 1.5, levels: [1, 2], shop: { open: true } },
  outputs: new Set(['answer']),
};
const scope: Scope = {
  roots: {
    message: { text: HOSTILE, id: 'wamid.1', type: 'text', timestamp: 100 },
    button: null,
    contact: { name: CANARY, wa_id: null, tags: ['vip', CANARY], opted_out: false },
    contacts: [{ name: { formatted_name: CANARY } }],
    now: 100,
    last_message_time: 50,
    window: { open: true, expires_at: 86_450 },
    prev: { ok: true, body: [1, null, { a: CANARY }] },
  },
  state: {
    count: 3,
    name: HOSTILE,
    items: [{ price: 2 }, { price: null }, 'x', [1], 5],
    deep: { a: { b: [CANARY] }, length: 1 },
    huge: 'a'.repeat(40_000),
    flag: true,
  },
  input: { given: -0.5 },
  flow: declared.flow,
  outputs: { answer: 42 },
};

const NAMES = [
  'message',
  'message.text',
  'message.timestamp',
  'button.id',
  'contact.name',
  'contact.tags',
  'contact.opted_out',
  'now',
  'last_message_time',
  'window.open',
  'count',
  'name',
  'items',
  'deep.a.b[0]',
  'deep',
  'gone',
  'huge',
  'flag',
  'given',
  'rate',
  'currency',
  'levels',
  'shop',
  'answer',
  'prev.body',
  'state',
  'items[0].price',
  'contacts[0].name',
  'state["name"]',
  'item',
];
const LITERALS = [
  '0',
  '1',
  '2',
  '-1',
  '1.5',
  '0.0',
  '9007199254740991',
  '1e300',
  '"a"',
  "'b'",
  '""',
  '"5"',
  'true',
  'false',
  'null',
  '[]',
  '{}',
  '"\\n"',
  'r"\\d"',
  '"}}"',
  '"{{"',
  '"😀"',
  '"Asia/Jakarta"',
  '"yyyy-MM-dd"',
  '"../../etc"',
  '"2024-02-31"',
  '"2024-02-29"',
];
const BINARY = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in'];
const CALLS = [
  'lower',
  'upper',
  'trim',
  'truncate',
  'contains',
  'formatNumber',
  'formatDate',
  'timestamp',
  'size',
  'default',
  'string',
  'int',
  'double',
  'bool',
  're',
  'has',
];
const METHODS = [
  'size',
  'startsWith',
  'endsWith',
  'contains',
  'lowerAscii',
  'upperAscii',
  'trim',
  'indexOf',
  'lastIndexOf',
  'substring',
  'split',
  'join',
];
const LISTS = ['map', 'filter', 'exists', 'exists_one', 'all'];
const NOISE = [
  '=',
  'and',
  'or',
  'not',
  '|',
  '&',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '.',
  ',',
  '?',
  ':',
  '`',
  '$',
  '\\',
  '#',
  '🙂',
  '\u0000',
  '__proto__',
  'constructor',
  'secrets.TOKEN',
  'this',
  'matches',
  '.length',
  '\n',
  ' ',
  'v_0',
  'o_add',
  'i_1',
  'cel.bind',
  '5u',
  "b'a'",
];

/** What is known at run time only: no check refuses these before they run. */
const UNTYPED = [
  'count',
  'name',
  'items',
  'deep.a',
  'gone',
  'huge',
  'flag',
  'given',
  'answer',
  'items[0]',
  'item',
];

/** An expression by the grammar; whether its types fit is left to chance. */
function grow(random: Random, depth: number): string {
  const kind = depth <= 0 ? Math.floor(random() * 1.6) : below(random, 14);
  const inner = () => grow(random, depth - 1);
  const list = (count: number) => Array.from({ length: count }, inner).join(', ');
  switch (kind) {
    case 0:
    case 2:
      return pick(random, random() < 0.7 ? UNTYPED : NAMES);
    case 1:
      return pick(random, LITERALS);
    case 3:
    case 4:
    case 5:
      return `${inner()} ${pick(random, BINARY)} ${inner()}`;
    case 6:
      return `(${inner()})`;
    case 7:
      return `${pick(random, ['!', '-'])}${inner()}`;
    case 8:
      return `${inner()} ? ${inner()} : ${inner()}`;
    case 9:
    case 10:
      return `${pick(random, CALLS)}(${list(1 + below(random, 3))})`;
    case 11:
      return `(${inner()}).${pick(random, METHODS)}(${list(below(random, 3))})`;
    case 12:
      return `(${inner()}).${pick(random, LISTS)}(item, ${inner()})`;
    default:
      return pick(random, [
        `[${list(3)}]`,
        `{"a": ${inner()}, ${inner()}: 1}`,
        `(${inner()})[${inner()}]`,
        `(${inner()}).a`,
      ]);
  }
}

/** A text with pieces cut out, doubled, moved or put in. */
function damage(random: Random, text: string, pieces: readonly string[]): string {
  let result = text;
  for (let times = 1 + below(random, 3); times > 0; times -= 1) {
    const from = below(random, result.length + 1);
    const length = below(random, 6);
    const put =
      random() < 0.5
        ? pick(random, pieces)
        : result.slice(below(random, result.length + 1)).slice(0, below(random, 12));
    result = result.slice(0, from) + put + result.slice(from + length);
  }
  return result;
}

function anExpression(random: Random): string {
  const source = grow(random, 1 + below(random, 4));
  if (random() < 0.7) return source;
  if (random() < 0.02) return source.repeat(1 + below(random, 400));
  return damage(random, source, NOISE);
}

const OURS = /\b[ofm]_[a-zA-Z]+\b|\b[vi]_\d+\b|\bdyn\b/;

function checkProblems(source: string, problems: readonly ExpressionProblem[]): void {
  for (const { code, message, fix, start, end } of problems) {
    if (!Object.hasOwn(FINDING_CODES, code)) throw new Error(`There is no ${code}`);
    if (!(start >= 0 && start <= end && end <= source.length))
      throw new Error(`Place ${start}-${end}: ${source}`);
    const words = `${message} ${fix ?? ''}`;
    if (OURS.test(words) && !OURS.test(source)) throw new Error(`Words of ours: ${words}`);
  }
}

/** The number of what is no JSON in a value. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' || typeof value === 'boolean' || value === null;
  return Object.values(value).every(isJson);
}

function evaluate(expression: Expression): string {
  const meter = { left: STEPS };
  try {
    const value = expression.evaluate({ ...scope, meter });
    if (!isJson(value)) throw new Error('The value is no JSON');
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    if (error.message.includes(CANARY)) throw new Error('The failure quotes a contact');
    const { cause } = error;
    if (error.code !== 'budget' && !(cause instanceof Error && cause.name === 'NoValue')) {
      throw new Error('The failure is not one of ours', { cause });
    }
    return error.code;
  }
}

/** Runs inputs one by one; names the one that fails. Gives the slowest, in milliseconds. */
function each(label: string, make: (random: Random) => string, run: (input: string) => void): void {
  const random = createRandom(SEED);
  const began = process.cpuUsage();
  let slowest = 0;
  for (let index = 0; index < COUNT; index += 1) {
    const input = make(random);
    const from = performance.now();
    try {
      run(input);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${SEED}, input ${index}: ${JSON.stringify(input)}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - from);
  }
  const seconds = (process.cpuUsage(began).user / 1_000_000).toFixed(1);
  figure(`${COUNT} ${label}, seed ${SEED}: ${seconds} s of one core, the slowest ${slowest.toFixed(0)} ms`);
  expect(slowest).toBeLessThan(ONE_MS_MAX);
}

describe('fuzzing', () => {
  test('expressions: findings have a place, values are JSON, failures are typed and quote nobody', () => {
    const compile = createCompiler();
    const outcomes = { value: 0, failure: 0, finding: 0 };
    each('expressions', anExpression, (source) => {
      const { expression, problems, unknownNames } = compile(source, declared);
      checkProblems(source, [...problems, ...unknownNames]);
      const deep = problems.find(({ message }) => message.includes('too deep'));
      if (deep && source.length < 400) throw new Error('The library refuses what the checks let pass');
      if (!expression) {
        outcomes.finding += 1;
        return;
      }
      const outcome = evaluate(expression);
      if (outcome !== evaluate(expression)) throw new Error('Two evaluations differ');
      outcomes[
        /^[a-z_]+$/.test(outcome) && outcome !== 'true' && outcome !== 'false' && outcome !== 'null'
          ? 'failure'
          : 'value'
      ] += 1;
    });
    figure(
      `of these ${outcomes.value} with a value, ${outcomes.failure} failed, ${outcomes.finding} refused`,
    );
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(COUNT / 20);
  }, 120_000);

  test('templates: what a contact wrote comes out as it is, and is never evaluated nor a secret', () => {
    const compile = createCompiler();
    let rendered = 0;
    each('templates', aTemplate, (text) => {
      const { template, problems, unknownNames } = compileTemplate(text, compile, declared, {
        allowSecrets: true,
      });
      checkProblems(text, [...problems, ...unknownNames]);
      if (!template) return;
      try {
        const meter = { left: STEPS };
        const pieces = template.pieces({ ...scope, meter });
        const secrets = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.secret]));
        if (secrets.join() !== template.secrets.join())
          throw new Error('Secrets that the author did not name');
        const whole = pieces
          .map((piece) => (typeof piece === 'string' ? piece : `{{secrets.${piece.secret}}}`))
          .join('');
        if (template.render(scope) !== whole) throw new Error('render() and pieces() differ');
        const expected = plainly(text);
        if (expected !== undefined && expected !== whole) throw new Error(`Expected ${expected}`);
        if (template.isFixed && whole !== text) throw new Error('A fixed text has changed');
        rendered += 1;
      } catch (error) {
        if (!(error instanceof ExpressionFailure)) throw error;
        if (error.message.includes(CANARY)) throw new Error('The failure quotes a contact', { cause: error });
      }
    });
    figure(`of these ${rendered} rendered`);
    expect(rendered).toBeGreaterThan(COUNT / 4);
  }, 120_000);

  test('flow files: findings have a place, and a set is there exactly when none is an error', () => {
    let loadable = 0;
    each('flow files', aFile, (text) => {
      const source = { path: 'a.ygtc', text };
      if (!text.includes('triggers')) {
        checkPlaces(checkFragment(source), text);
        return;
      }
      const { flows, findings } = loadFlows([source], { strict: false });
      checkPlaces(findings, text);
      const hasError = findings.some(({ severity }) => severity === 'error');
      if ((flows === undefined) !== hasError) throw new Error('Findings and set disagree');
      if (flows) loadable += 1;
    });
    figure(`of these ${loadable} loaded`);
    expect(loadable).toBeGreaterThan(COUNT / 100);
  }, 120_000);
});

const FIXED = ['Hello ', '\n', ' }} ', '{', '}', '', 'a {b} c', '$', '{ {x} }', '"', "'", '😀', '\\'];
const PLAIN: Readonly<Record<string, string>> = {
  name: HOSTILE,
  message: HOSTILE,
  'message.text': HOSTILE,
  'contact.name': CANARY,
  count: '3',
  given: '-0.5',
  gone: '',
  levels: '[1,2]',
  'secrets.TOKEN': '{{secrets.TOKEN}}',
};

function aTemplate(random: Random): string {
  const part = () => {
    const chance = random();
    if (chance < 0.4) return pick(random, FIXED);
    if (chance < 0.8) return `{{${pick(random, Object.keys(PLAIN))}}}`;
    return `{{ ${grow(random, below(random, 3))} }}`;
  };
  const text = Array.from({ length: 1 + below(random, 6) }, part).join('');
  return random() < 0.75 ? text : damage(random, text, [...NOISE, '{{', '}}', '{{#if x}}', '{{{', '}}}']);
}

/** What a template of fixed texts and plain names must come to, by another way than the compiler's. */
function plainly(text: string): string | undefined {
  const parts = text.split(/(\{\{[^{}"']*\}\})/);
  const values = parts.map((part, index) => (index % 2 === 0 ? part : PLAIN[part.slice(2, -2)]));
  const isPlain = values.every(
    (value, index) => value !== undefined && (index % 2 === 1 || !value.includes('{{')),
  );
  return isPlain ? values.join('') : undefined;
}

const FILES = [...exampleFlows('seed'), ...exampleFlows('demo')].map(({ text }) => text);
/** The nodes and triggers of the example flows, one by one. */
const BLOCKS = FILES.flatMap((text) => text.split(/^(?= {2}- )/m).slice(1)).filter(
  (block) => block.length < 600,
);
const LINES = FILES.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '');
const YAML_NOISE = [
  '{{',
  '}}',
  '- ',
  ': ',
  '\n',
  '&a ',
  '*a',
  '[',
  ']',
  '{',
  '}',
  '!x ',
  '!!js/function ',
  '|',
  '>',
  '"',
  "'",
  '#',
  '%',
  '@',
  '`',
  '\t',
  '? ',
  '---\n',
  '...\n',
  '<<: *a',
  '&a [*a, *a]',
  '~',
  'null',
  '.nan',
  '0x1F',
  '010',
  '1e999',
  'true',
  '2024-01-01',
  '__proto__: 1',
  '\u0000',
  '\ufeff',
  '\r\n',
  'type: wait',
  'type: http',
  'next: b',
  'default: a',
  'config: ',
  'expression: ',
  '{{secrets.A}}',
  '{{now > "5"}}',
];

// Small on purpose: what a file costs is its YAML.
function aFile(random: Random): string {
  const chance = random();
  const text = chance < 0.2 ? aSmallFlow(random) : chance < 0.95 ? aFragment(random) : pick(random, BLOCKS);
  if (random() < 0.2) return text;
  return damageLines(random, damage(random, text, YAML_NOISE));
}

function aSmallFlow(random: Random): string {
  const trigger = pick(random, ['type: message', 'type: keyword, words: [hi]', 'type: default']);
  return `name: f\nversion: "1"\nnodes:\n  ${aNode(random)}\ntriggers: [{${trigger}, target: a}]\n`;
}

function aFragment(random: Random): string {
  return `${aNode(random)}\n`;
}

function aNode(random: Random): string {
  const expression = () => grow(random, below(random, 2)).replaceAll("'", '"');
  const config = pick(random, [
    () => `type: reply, config: {message: 'Hi {{${expression()}}}'}`,
    () => `type: state, config: {action: set, key: count, value: '{{${expression()}}}'}`,
    () => 'type: template, config: {template: hi}, output: name',
    () => `type: branch, config: {conditions: [{expression: '${expression()}', next: a}]}, default: a`,
    () =>
      `type: ${pick(random, ['wait', 'http', 'log', 'tag', 'error', 'nope', 'llm'])}, config: {message: hi}`,
  ]);
  return `- {id: a, ${config()}}`;
}

function damageLines(random: Random, text: string): string {
  if (random() < 0.5) return text;
  const lines = text.split('\n');
  const at = below(random, lines.length);
  const line = lines[at] ?? '';
  const changed = pick(random, [
    [],
    [line, line],
    [`  ${line}`],
    [line.slice(2)],
    [pick(random, LINES)],
    [line, pick(random, LINES)],
  ]);
  return lines.toSpliced(at, 1, ...changed).join('\n');
}

function checkPlaces(findings: ReturnType<typeof checkFragment>, text: string): void {
  const lines = text.split('\n').length;
  for (const { code, line, col, length } of findings) {
    if (!(line >= 1 && line <= lines && col >= 1 && length >= 1))
      throw new Error(`${code} stands at ${line}:${col}`);
  }
}
