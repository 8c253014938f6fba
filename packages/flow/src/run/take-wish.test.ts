import { describe, expect, test } from '@jest/globals';
import { createOptOutMatcher, messageId, type JsonObject } from '@alur/types';

import {
  aSnapshot,
  anEvent,
  flowOf,
  loaded,
  messagesOf,
  tap,
  takeTurn,
  textEvent,
} from '../testing/conversation.ts';

const flows = loaded([flowOf('- {id: a, type: reply, config: {message: menu}}')]);
const matcher = createOptOutMatcher({ stop: ['STOP', 'BERHENTI'], start: ['START'] });
const optOut = { matcher, confirmation: 'You will hear no more.', confirmationIn: 'Welcome back.' };
const who = (optedOut: boolean, state: JsonObject = { kept: 1 }) =>
  aSnapshot(state, { contact: { tags: [], optedOut } });
const out = { kind: 'opt_out', change: 'out', scope: 'all' };
const back = { kind: 'opt_out', change: 'in', scope: 'all' };

describe('turn() with opt-out words', () => {
  test.each([
    ['a text', textEvent('stop!')],
    ['a word of another language', textEvent('Berhenti')],
    ['the id of a button', tap('STOP', 'No more offers')],
    ['the title of a button', tap('x', 'Stop')],
  ])('opts out before any flow: %s', (_, event) => {
    expect(takeTurn(flows, who(false), event, { optOut })).toEqual({
      kind: 'done',
      outcome: 'completed',
      session: { state: { kept: 1 }, epoch: 0 },
      effects: [
        out,
        {
          kind: 'message',
          mid: messageId(event.evt, 'opt_out', 0, 0),
          class: 'reply',
          message: { kind: 'text', text: optOut.confirmation },
          retryOnRateLimit: false,
          confirmsOptOut: true,
        },
      ],
      trace: [{ flow: '', node: 'opt_out', type: 'opt_out', note: 'opted out' }],
    });
  });

  test('confirms no second stop, and none without a text', () => {
    const again = takeTurn(flows, who(true), textEvent('STOP'), { optOut });
    expect(again).toMatchObject({ effects: [out], trace: [{ note: 'was opted out already' }] });
    expect(takeTurn(flows, who(false), textEvent('STOP'), { optOut: { matcher } }).effects).toEqual([out]);
  });

  test('opts in again, by a message that needs no leave', () => {
    const result = takeTurn(flows, who(true), textEvent('Start'), { optOut });
    expect(result).toMatchObject({ outcome: 'completed', session: { state: { kept: 1 } } });
    expect(result.flow).toBeUndefined();
    expect(result.effects[0]).toEqual(back);
    expect(messagesOf(result)).toEqual([{ kind: 'text', text: 'Welcome back.' }]);
    expect(result.effects[1]).not.toHaveProperty('confirmsOptOut');
    expect(result.trace).toEqual([{ flow: '', node: 'opt_in', type: 'opt_in', note: 'opted in' }]);
    expect(takeTurn(flows, who(true), textEvent('Start'), { optOut: { matcher } }).effects).toEqual([back]);
  });

  test.each([
    ['a start word of somebody who is not opted out', false, textEvent('START')],
    ['a stop word in a sentence', false, textEvent('stop by at 5')],
    ['another message of somebody who is opted out', true, textEvent('menu')],
  ])('leaves the flows %s', (_, optedOut, event) => {
    const result = takeTurn(flows, who(optedOut), event, { optOut });
    expect(result.flow).toBe('test');
    expect(messagesOf(result)).toEqual([{ kind: 'text', text: 'menu' }]);
  });

  test('leaves a stop word to the flows of a tenant without opt-out words', () => {
    expect(takeTurn(flows, who(false), textEvent('STOP')).flow).toBe('test');
  });

  test('lets a captioned picture be', () => {
    const event = anEvent({ kind: 'media', media: { type: 'image', id: '1', caption: 'STOP' } });
    expect(takeTurn(flows, who(false), event, { optOut }).outcome).toBe('unmatched');
  });
});
