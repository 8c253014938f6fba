import { describe, expect, test } from '@jest/globals';
import { Interactive, OutboundMessage } from '@alur/types';
import { OUTBOUND_EXAMPLES } from '../testing/outbound-messages.ts';
import { RENDERERS } from './index.ts';
import { renderMessage } from './render-message.ts';

const OPAQUE = 'a1.0123456789abcdef0123456789abcdef.1';
const frame = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '16505551234',
  biz_opaque_callback_data: OPAQUE,
};
const render = (message: unknown, options: { replyTo?: string } = {}) =>
  renderMessage(OutboundMessage.parse(message), { waId: '16505551234' }, { opaque: OPAQUE, ...options });

describe('renderMessage()', () => {
  test.each(OUTBOUND_EXAMPLES)('renders $label', ({ message, graph }) => {
    expect(render(message)).toStrictEqual({ ...frame, ...graph });
  });

  test('has a case for every kind, and every type of an interactive message', () => {
    const kinds = OUTBOUND_EXAMPLES.map(({ message }) => message.kind);
    expect(new Set(kinds)).toEqual(new Set(Object.keys(RENDERERS)));
    const types = Interactive.options.flatMap(({ shape }) => [...shape.type.values]);
    const tried = OUTBOUND_EXAMPLES.flatMap(
      ({ graph }) => Interactive.safeParse(graph['interactive']).data ?? [],
    );
    expect(tried.map(({ type }) => type)).toEqual(types);
  });

  test('quotes the message it replies to, which a reaction cannot', () => {
    const quoted = render({ kind: 'text', text: 'x' }, { replyTo: 'wamid.q' });
    expect(quoted).toMatchObject({ context: { message_id: 'wamid.q' } });
    const reaction = { kind: 'reaction', reaction: { messageId: 'wamid.1', emoji: '👍' } };
    expect(render(reaction, { replyTo: 'wamid.q' })).not.toHaveProperty('context');
  });

  test('lets raw say all but who gets it and how it is accounted for', () => {
    const raw = {
      type: 'text',
      to: '1',
      recipient: 'US.1',
      recipient_type: 'group',
      messaging_product: 'x',
      biz_opaque_callback_data: 'mine',
      context: { message_id: 'wamid.own' },
    };
    expect(render({ kind: 'raw', raw })).toEqual({
      ...frame,
      type: 'text',
      context: { message_id: 'wamid.own' },
    });
  });

  test('writes to a user id when there is no phone number', () => {
    const message = OutboundMessage.parse({ kind: 'text', text: 'x' });
    const body = renderMessage(message, { userId: 'US.1' }, { opaque: OPAQUE });
    expect(body).toMatchObject({ recipient: 'US.1' });
    expect(body).not.toHaveProperty('to');
    const both = renderMessage(message, { waId: '1650', userId: 'US.1' }, { opaque: OPAQUE });
    expect(both).toMatchObject({ to: '1650' });
    expect(both).not.toHaveProperty('recipient');
  });

  test('writes phone numbers as digits', () => {
    const message = OutboundMessage.parse({ kind: 'text', text: 'x' });
    const to = (waId: string) => renderMessage(message, { waId, userId: 'US.1' }, { opaque: OPAQUE });
    expect(to('+1 (650) 555-1234')).toMatchObject({ to: '16505551234' });
    expect(to('+')).toMatchObject({ recipient: 'US.1' });
  });

  test('throws when there is nobody to send to, a value that JSON cannot carry, or too much data for statuses', () => {
    const message = OutboundMessage.parse({ kind: 'text', text: 'x' });
    const code = (code: string) => expect.objectContaining({ name: 'RenderError', code });
    expect(() => renderMessage(message, {}, { opaque: OPAQUE })).toThrow(code('no_recipient'));
    const template = { name: 'a', language: { code: 'en' }, extra: Infinity };
    expect(() => render({ kind: 'template', template })).toThrow(code('not_json'));
    const long = (length: number) => () =>
      renderMessage(message, { waId: '1' }, { opaque: 'x'.repeat(length) });
    expect(long(256)).not.toThrow();
    expect(long(257)).toThrow(code('opaque_too_long'));
  });
});
