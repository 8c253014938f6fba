import { describe, expect, test } from '@jest/globals';
import { loaded, flowOf } from '../testing/conversation.ts';
import { Action } from './action.ts';
import { buildEvent } from './build-event.ts';

const flows = loaded([flowOf('- {id: a, type: reply, config: {message: hi}}')]);

/** The event of an action as it is written in a test file. */
function eventOf(written: unknown) {
  const surroundings = {
    flows,
    tenant: 'default',
    team: 'default',
    number: '1',
    at: 50,
    from: { waId: '6281' },
  };
  const newest = { out: 'wamid.out.1', in: 'wamid.in.1' };
  return buildEvent(Action.parse(written), { ...surroundings, count: 1, offered: [], newest });
}

describe('buildEvent()', () => {
  test.each<[string, unknown, object]>([
    [
      'a text that answers',
      { text: 'hi', to: 'wamid.out.1', from_me: true },
      { context: { wamid: 'wamid.out.1', fromMe: true } },
    ],
    [
      'a text sent on often',
      { text: 'hi', frequently_forwarded: true },
      { context: { forwarded: true, frequentlyForwarded: true } },
    ],
    [
      'a question about a product',
      { text: 'red?', product: { catalog_id: '1', product_retailer_id: 'sku' } },
      { context: { product: { catalogId: '1', retailerId: 'sku' } } },
    ],
    [
      'the text of an advertisement',
      { text: 'hi', referral: { ctwa_clid: 'x' } },
      { referral: { ctwa_clid: 'x' } },
    ],
    [
      'a form',
      { form: { age: '32' }, form_name: 'flow' },
      { kind: 'form', form: { age: '32' }, source: 'flow' },
    ],
    ['an unsupported message, in short', { unsupported: 'poll' }, { kind: 'unsupported', type: 'poll' }],
    [
      'an unsupported message',
      { unsupported: { type: 'poll', code: 131_051, text: 'hi', content: { type: 'poll' } } },
      { kind: 'unsupported', type: 'poll', code: 131_051, text: 'hi', content: { type: 'poll' } },
    ],
    ['an order', { order: { product_items: [] } }, { kind: 'order', order: { product_items: [] } }],
    ['a reaction taken back', { reaction: '' }, { kind: 'reaction', reaction: { wamid: 'wamid.out.1' } }],
  ])('makes %s', (_label, written, expected) => {
    expect(eventOf(written)).toMatchObject(expected);
  });

  test.each([
    ['a word that is empty', { unsupported: '' }],
    ['a code that is no number', { unsupported: { type: 'poll', code: 'x' } }],
    ['a member of a product that is none', { text: 'x', product: { sku: '1' } }],
  ])('does not take %s', (_label, written) => {
    expect(Action.safeParse(written).success).toBe(false);
  });
});
