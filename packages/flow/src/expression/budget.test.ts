import { describe, expect, test } from '@jest/globals';
import { createCompiler, ExpressionBudget, ExpressionFailure } from './compile.ts';
import { type Scope } from './scope.ts';

const names = new Set(['items', 'count', 'name']);
const declared = {
  state: names,
  anyState: false,
  input: new Set<string>(),
  flow: {},
  outputs: new Set<string>(),
};
const items = Array.from({ length: 100 }, (_, index) => index);
const scope: Scope = {
  roots: { now: 100 },
  state: { items, count: 3, name: 'Ana' },
  input: {},
  flow: {},
  outputs: {},
};

function compiled(source: string) {
  const { expression, problems } = createCompiler()(source, declared);
  if (!expression) throw new Error(JSON.stringify(problems));
  return expression;
}

function costOf(source: string): number {
  const meter = { left: 10_000 };
  compiled(source).evaluate({ ...scope, meter });
  return 10_000 - meter.left;
}

describe('Scope.meter', () => {
  test.each([
    ['name', 1],
    ['state.name', 2],
    ['count + 1', 3],
    ['1 + 2 + 3', 5],
    ['lower(name)', 2],
    // items, map, item; the body `item + 1` once, and again for each of 100 items
    ['items.map(item, item + 1)', 6 + 100 * 3],
    ['items.map(item, item > 97, item)', 7 + 100 * 3 + 2 * 1],
    // only the items that are looked at
    ['items.exists(item, item == 9)', 6 + 10 * 3],
    ['items.filter(item, item > 98)', 6 + 100 * 3],
  ])('is charged for %s', (source, cost) => {
    expect(costOf(source)).toBe(cost);
  });

  test('is charged the same every time', () => {
    const meter = { left: 1000 };
    const expression = compiled('items.exists(item, item == count)');
    for (let turn = 1; turn <= 5; turn += 1) {
      expression.evaluate({ ...scope, meter });
      expect(meter.left).toBe(1000 - turn * (6 + 4 * 3));
    }
  });

  test.each([
    ['name', 0],
    ['count + 1', 2],
    ['items.map(item, item + 1)', 100],
    ['items.exists(item, item == 99)', 100],
    ['items.exists(item, item == 99) || true', 100],
    ['true || items.exists(item, item == 99)', 5],
    ['items.all(item, item >= 0) && false', 100],
  ])('ends %s when it has run out', (source, left) => {
    expect(() => compiled(source).evaluate({ ...scope, meter: { left } })).toThrow(ExpressionBudget);
  });

  test('ends test() as it ends evaluate(), with a failure that has a code', () => {
    const failing = () => compiled('count > 1').test({ ...scope, meter: { left: 2 } });
    expect(failing).toThrow(ExpressionBudget);
    expect(failing).toThrow(ExpressionFailure);
    expect(failing).toThrow(expect.objectContaining({ code: 'budget' }));
  });

  test('is not needed', () => {
    expect(compiled('items.map(item, item).size()').evaluate(scope)).toBe(100);
  });

  test('of one evaluation is not left to the next', () => {
    const compile = createCompiler();
    const { expression } = compile('items.map(item, item)', declared);
    expect(() => expression?.evaluate({ ...scope, meter: { left: 10 } })).toThrow(ExpressionBudget);
    expect(expression?.evaluate(scope)).toEqual(items);
  });
});
