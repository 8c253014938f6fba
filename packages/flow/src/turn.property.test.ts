import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkFragment, loadFlows } from './index.ts';
import {
  anEvent,
  aSnapshot,
  exampleFlows,
  flowOf,
  loaded,
  messagesOf,
  sendsOf,
  takeTurn,
  textEvent,
} from './testing/conversation.ts';

const all = [...exampleFlows('seed'), ...exampleFlows('demo')];
const demo = loaded(exampleFlows('demo'));

const words = fc.oneof(
  fc.string({ maxLength: 200, unit: 'binary' }),
  fc.constantFrom(
    'my name is {{7*7}}',
    '{{7*7}}',
    'menu',
    'my name is İİ',
    '{{state}}',
    '\u0000',
    'my name is \ud800',
  ),
);
const event = fc.oneof(
  words.map((text) => textEvent(text)),
  fc.tuple(words, words).map(([id, title]) => anEvent({ kind: 'interactive', source: 'list', id, title })),
  fc.jsonValue().map((value) => anEvent({ kind: 'order', order: { value: JSON.stringify(value) } })),
  words.map((emoji) => anEvent({ kind: 'reaction', reaction: { wamid: 'x', emoji } })),
  fc.constant(anEvent({ kind: 'location', location: { latitude: 90, longitude: -180 } })),
);

/** A right file with a piece cut out, doubled or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...all),
    fc.nat(),
    fc.nat({ max: 60 }),
    fc.oneof(words, fc.constantFrom('{{', '}}', '- ', ': ', '\n', '&a', '*a', '[', '{', '!x ')),
  )
  .map(([{ path, text }, at, length, piece]) => {
    const from = at % text.length;
    return { path, text: text.slice(0, from) + piece + text.slice(from + length) };
  });

describe('loadFlows() and turn()', () => {
  test('never throw, whatever the file says', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          words.map((text) => ({ path: 'x', text })),
        ),
        event,
        (source, inbound) => {
          checkFragment(source);
          const { flows, findings } = loadFlows([source], { strict: false });
          expect(flows === undefined).toBe(findings.some(({ severity }) => severity === 'error'));
          if (flows) takeTurn(flows, aSnapshot(), inbound);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('come to the same result for the same input, with ids of their own', () => {
    fc.assert(
      fc.property(event, fc.dictionary(fc.constantFrom('name', 'drink', 'x'), words), (inbound, state) => {
        const first = takeTurn(demo, aSnapshot(state), inbound, { fallbackMessage: 'Sorry' });
        expect(takeTurn(demo, aSnapshot(state), inbound, { fallbackMessage: 'Sorry' })).toEqual(first);
        expect(new Set(sendsOf(first).map(({ mid }) => mid)).size).toBe(first.effects.length);
      }),
      { numRuns: 300 },
    );
  });

  test('give back what a contact wrote letter for letter', () => {
    const echo = loaded([flowOf('- {id: a, type: reply, config: {message: "[{{message}}]"}}')]);
    fc.assert(
      fc.property(words, (text) => {
        expect(messagesOf(takeTurn(echo, aSnapshot(), textEvent(text)))).toEqual([
          { kind: 'text', text: `[${text}]` },
        ]);
      }),
      { numRuns: 300 },
    );
  });
});
