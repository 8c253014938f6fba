import { type JsonObject } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { withTotal } from './order-total.ts';

const order = (...items: readonly unknown[]): JsonObject =>
  JSON.parse(JSON.stringify({ product_items: items }));
const item = (quantity: unknown, price: unknown, currency: unknown = 'USD') => ({
  quantity,
  item_price: price,
  currency,
});

describe('withTotal()', () => {
  test.each([
    ['whole prices', [item(2, 30), item(1, 5)], 65, 'USD'],
    ['decimals, without the dust of doubles', [item(3, 0.1), item(1, 0.2)], 0.5, 'USD'],
    ['a currency with three decimals', [item(3, 1.005, 'KWD')], 3.015, 'KWD'],
    ['nothing for nothing', [item(0, 5)], 0, 'USD'],
    ['two currencies', [item(1, 1), item(1, 1, 'EUR')], null, null],
    ['an item without a price', [item(1, 1), item(1, undefined)], null, null],
    ['a price that is a text', [item(1, '1')], null, null],
    ['no currency', [item(1, 1, '')], null, null],
    ['more than a number holds', [item(1e300, 1e300)], null, null],
    ['no items', [], null, null],
  ])('sums up %s', (_label, items, total, currency) => {
    expect(withTotal(order(...items))).toMatchObject({ total, currency });
  });

  test('keeps what Meta says, also of a total', () => {
    expect(withTotal({ catalog_id: '1', text: '', total: 5, product_items: 'x' })).toEqual({
      ...{ catalog_id: '1', text: '', product_items: 'x' },
      ...{ total: 5, currency: null },
    });
  });
});
