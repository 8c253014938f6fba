import { eventId, InboundEvent, NumberId, wantedTypes, type Effect } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { emittedBy, wishesOf } from './emitted-by-turn.ts';

const optOut = { words: { stop: ['stop'], start: ['start'] } };
const number = NumberId.parse('100200300');
const common = {
  evt: eventId(number, 'text', 'w'),
  tenant: 'default',
  team: 'sales',
  number,
  at: 100,
  receivedAtMs: 100_000,
  from: { waId: '15550001' },
};
const of = (own: object) => InboundEvent.parse({ ...common, wamid: 'w', ...own });
const text = of({ kind: 'text', text: 'hi' });
const emitted = (event: InboundEvent, events: string[], effects: Effect[] = []) =>
  emittedBy({ event, optOut, wanted: wantedTypes([{ events }]) }, effects);
const said: Effect = { kind: 'event', id: 'e', eventType: 'order.paid', payload: 1 };

describe('emittedBy()', () => {
  test('tells what came in before what flows say, by ids that a repeated turn has too', () => {
    const [received, paid] = emitted(text, ['*'], [said]);
    expect(received).toMatchObject({
      team: 'sales',
      eventType: 'message.received',
      payload: {
        event: text.evt,
        message: { text: 'hi', id: 'w', type: 'text', timestamp: 100 },
      },
    });
    expect(received?.id).toMatch(/^[0-9a-f]{32}$/);
    expect(paid).toEqual({ id: 'e', team: 'sales', eventType: 'order.paid', payload: 1 });
    expect(emitted(text, ['message.received'])).toEqual([received]);
  });

  test('tells nothing that nobody wants, but what flows say', () => {
    expect(emitted(text, ['message.sent', 'contact.*'])).toEqual([]);
    expect(emitted(text, [], [said])).toHaveLength(1);
    expect(emittedBy({ event: text, optOut }, [])).toEqual([]);
  });

  test('tells nothing of what the system itself brings', () => {
    const timer = InboundEvent.parse({ ...common, kind: 'timer', epoch: 1 });
    expect(emitted(timer, ['*'])).toEqual([]);
  });

  test.each([
    [
      { kind: 'interactive', source: 'button', id: 'yes', title: 'Yes' },
      { button: { id: 'yes', title: 'Yes' } },
    ],
    [
      { kind: 'location', location: { latitude: 1, longitude: 2, name: 'Home' } },
      { location: { latitude: 1, longitude: 2, name: 'Home' } },
    ],
    [
      { kind: 'reaction', reaction: { wamid: 'x', emoji: '👍' } },
      { reaction: { message_id: 'x', emoji: '👍' } },
    ],
    [{ kind: 'contacts', contacts: [{ name: null }] }, { contacts: [{ name: null }] }],
    [
      { kind: 'text', text: 'a', referral: { source_id: '7' }, context: { forwarded: true } },
      { referral: { source_id: '7' }, context: { forwarded: true, frequently_forwarded: false } },
    ],
  ])('has the parts of %j', (own, parts) => {
    const [received] = emitted(of(own), ['*']);
    expect(received?.payload).toMatchObject(parts);
    expect(JSON.stringify(Object.values(received?.payload ?? {}).map((part) => part === null))).not.toContain(
      'true',
    );
  });

  test('tells of a message that is too large, without it', () => {
    const [received] = emitted(of({ kind: 'text', text: 'x'.repeat(70_000) }), ['*']);
    expect(received?.payload).toEqual({
      event: text.evt,
      message: { id: 'w', type: 'text', timestamp: 100 },
      truncated: true,
    });
  });

  test.each([
    ['stop', true, ['contact.opted_out']],
    ['stop', undefined, []],
    ['start', true, ['contact.opted_in']],
    ['hi', true, []],
  ])('tells of the word %j that changes something (%j): %j', (word, changesWish, types) => {
    const event = of({ kind: 'text', text: word, changesWish });
    expect(emitted(event, ['contact.*']).map(({ eventType }) => eventType)).toEqual(types);
    expect(emitted(event, ['order.*'])).toEqual([]);
  });
});

describe('wishesOf()', () => {
  test('has what subscribers hear of a wish, where somebody wants to', () => {
    const effects: Effect[] = [{ kind: 'opt_out', change: 'out', scope: 'marketing' }, said];
    const wanted = wantedTypes([{ events: ['contact.opted_out'] }]);
    const [wish] = wishesOf({ event: text, optOut, wanted }, effects);
    expect(wish).toMatchObject({
      ...{ change: 'out', scope: 'marketing' },
      told: { team: 'sales', payload: { scope: 'marketing', source: 'flow' } },
    });
    expect(wishesOf({ event: text, optOut }, effects)).toEqual([{ change: 'out', scope: 'marketing' }]);
  });
});
