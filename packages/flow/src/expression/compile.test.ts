import { describe, expect, test } from '@jest/globals';
import { type Json } from '@alur/types';
import { createCompiler } from './compile.ts';
import { type DeclaredNames } from './names.ts';
import { type Scope } from './scope.ts';

const declared: DeclaredNames = {
  state: new Set(['order_id', 'count', 'name', 'paid', 'items', 'both']),
  anyState: false,
  input: new Set(['both', 'given']),
  flow: { both: 'flow', currency: 'IDR' },
  outputs: new Set(['answer']),
};
const scope: Scope = {
  roots: {
    message: { text: 'Hello', id: 'wamid.1', type: 'text', timestamp: 100 },
    button: null,
    list: null,
    contact: { name: 'Sari', wa_id: null, tags: ['vip'], opted_out: false },
    last_message_time: 50,
    now: 100,
    contacts: [{ name: { formatted_name: 'Ana' } }],
  },
  state: { count: 3, name: 'Bob', paid: true, items: [{ price: 2 }, { price: 5 }], both: 'state' },
  input: { both: 'input', given: 1 },
  flow: { both: 'flow', currency: 'IDR' },
  outputs: { answer: 42 },
};

function evaluate(source: string): Json {
  const { expression, problems, unknownNames } = createCompiler()(source, declared);
  expect([...problems, ...unknownNames]).toEqual([]);
  if (!expression) throw new Error('no expression');
  return expression.evaluate(scope);
}

describe('createCompiler()', () => {
  test.each<[string, Json]>([
    ['last_message_time + 86400 > now', true],
    ['last_message_time + 10 > now', false],
    ['now - 0.5', 99.5],
    ['count + 1', 4],
    ['count * 2 == 6', true],
    ['count == 3', true],
    ['3 == count', true],
    ['count % 2 == 1', true],
    ['7 / 2', 3],
    ['7 % 2', 1],
    ['count / 2', 1.5],
    ["button.id == 'help'", false],
    ["button.id != 'help'", true],
    ['button.id == null', true],
    ["order_id == 'x'", false],
    ['order_id > 5', false],
    ['5 >= order_id', false],
    ["order_id < 'z'", false],
    ["order_id.startsWith('x')", false],
    ["'x' in order_id", false],
    ['size(order_id)', 0],
    ['!order_id', true],
    ['order_id && paid', false],
    ['order_id ? 1 : 2', 2],
    ['paid && !contact.opted_out', true],
    ['has(state.order_id)', false],
    ['has(state.name) && has(contact.name)', true],
    ['message', 'Hello'],
    ["message == 'Hello'", true],
    ['message.text + "!"', 'Hello!'],
    ["message.startsWith('He')", true],
    ['both', 'state'],
    ['input.both', 'input'],
    ['flow.both', 'flow'],
    ['given', 1],
    ['currency', 'IDR'],
    ['answer', 42],
    ['contacts[0].name.formatted_name', 'Ana'],
    ["contacts[0]['name'].formatted_name", 'Ana'],
    ['contacts[9].name.formatted_name', null],
    ['(contact).name', 'Sari'],
    ["'vip' in contact.tags", true],
    ['items.map(item, item.price * count)', [6, 15]],
    ['items.exists(item, item.price > 4)', true],
    ["lower('ABC') + upper('d') + trim(' e ')", 'abcDe'],
    ["truncate('abcdef', 4)", 'abc…'],
    ["contains(message, 'ell')", true],
    ["contains(contact.tags, 'vip')", true],
    ["default(order_id, 'none')", 'none'],
    ["default('', 'none')", 'none'],
    ['formatNumber(1234567.5)', '1,234,567.5'],
    ["formatNumber(1234567.5, 2, 'id')", '1.234.567,50'],
    ["formatDate(0, 'yyyy-MM-dd HH:mm:ss')", '1970-01-01 00:00:00'],
    ["formatDate(0, 'HH:mm', 'Asia/Jakarta')", '07:00'],
    ["timestamp('2024-01-01T00:00:00Z')", 1_704_067_200],
    ["re(message, '^h')", false],
    ["re(message, '(?i)^h.*o$')", true],
    ['state.constructor == null || true', true],
  ])('evaluates %s', (source, expected) => {
    const { expression } = createCompiler()(source, declared);
    expect(expression?.evaluate(scope)).toEqual(expected);
  });

  test.each([
    ['order_id = 1', 'E201', '`==`'],
    ['message and paid', 'E201', '`&&`'],
    ['paid or paid', 'E201', '`||`'],
    ["message contains 'x'", 'E201', 'contains(text, part)'],
    ["message | default: 'x'", 'E201', 'no filters'],
    ['1 +', 'E201', undefined],
    ["message.matches('a')", 'E203', 're(text'],
    ['lowr(message)', 'E203', '`lower`'],
    ['message.startWith("x")', 'E203', '`startsWith`'],
    ['re(message, name)', 'E204', undefined],
    ["re(message, '(')", 'E204', undefined],
    ["1 + 'a'", 'E204', undefined],
    ['('.repeat(70) + '1' + ')'.repeat(70), 'E205', undefined],
    [`'${'x'.repeat(4096)}'`, 'E205', undefined],
    ['items.map(a, items.map(b, 1))', 'E205', undefined],
    ['-'.repeat(3000) + '1', 'E205', undefined],
  ])('refuses %s', (source, code, fix) => {
    const { expression, problems } = createCompiler()(source, declared);
    expect(expression).toBeUndefined();
    expect(problems[0]?.code).toBe(code);
    if (fix !== undefined) expect(problems[0]?.fix).toContain(fix);
  });

  test.each([
    ['buton.id == 1', 'buton', '`button`', 0],
    ['1 == button.idd', 'button.idd', '`button.id`', 5],
    ['state.nam', 'state.nam', '`state.name`', 0],
    ['cont + 1', 'cont', '`count`', 0],
    ['constructor', 'constructor', undefined, 0],
  ])('knows no name in %s', (source, name, fix, start) => {
    const { unknownNames } = createCompiler()(source, declared);
    expect(unknownNames).toMatchObject([{ code: 'E202', start }]);
    expect(unknownNames[0]?.message).toContain(name);
    if (fix !== undefined) expect(unknownNames[0]?.fix).toContain(fix);
  });

  test.each([['name + 1'], ['order_id + 1'], ['int(name) == 1'], ['formatNumber(name)']])(
    'fails with the author’s text and no value: %s',
    (source) => {
      const { expression } = createCompiler()(source, declared);
      expect(() => expression?.evaluate(scope)).toThrow(source);
      expect(() => expression?.evaluate(scope)).not.toThrow('Bob');
    },
  );

  test('test() takes null as false and refuses what is neither true nor false', () => {
    const compile = createCompiler();
    expect(compile('order_id', declared).expression?.test(scope)).toBe(false);
    expect(() => compile('name', declared).expression?.test(scope)).toThrow('true or false');
  });

  test('evaluate() is linear for a pattern that would hang a backtracking engine', () => {
    const { expression } = createCompiler()("re(message, '^(a+)+$')", declared);
    const text = `${'a'.repeat(50_000)}!`;
    expect(expression?.evaluate({ ...scope, roots: { message: { text } } })).toBe(false);
  });

  test('evaluate() gives the value of a plain path as it is', () => {
    expect(evaluate('items')).toEqual([{ price: 2 }, { price: 5 }]);
  });
});
