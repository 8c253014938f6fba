import { describe, expect, test } from '@jest/globals';
import { Interactive, OutboundMessage } from '@alur/types';
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

const buttons = {
  type: 'button',
  header: { type: 'text', text: 'H' },
  body: { text: 'What would you like to do?' },
  footer: { text: 'F' },
  action: { buttons: [{ type: 'reply', reply: { id: 'help', title: 'Get Help' } }] },
};
const list = {
  type: 'list',
  body: { text: 'Pick' },
  action: {
    button: 'View',
    sections: [{ title: 'Sales', rows: [{ id: 'p', title: 'Pricing', description: 'd' }] }],
  },
};
const components = [
  { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.com/logo.png' } }] },
  {
    type: 'button',
    sub_type: 'quick_reply',
    index: 0,
    parameters: [{ type: 'payload', payload: 'confirm' }],
  },
];
const card = { name: { formatted_name: 'A B', first_name: 'A' }, phones: [{ phone: '+1650', type: 'WORK' }] };

const CASES: [string, { kind: string; [member: string]: unknown }, object][] = [
  ['text', { kind: 'text', text: 'Hi {{x}}' }, { type: 'text', text: { body: 'Hi {{x}}' } }],
  [
    'text with preview',
    { kind: 'text', text: 'https://a.example', previewUrl: true },
    { type: 'text', text: { body: 'https://a.example', preview_url: true } },
  ],
  [
    'an image',
    { kind: 'media', media: { type: 'image', link: 'https://a.example/p.jpg', caption: 'C' } },
    { type: 'image', image: { link: 'https://a.example/p.jpg', caption: 'C' } },
  ],
  [
    'a document',
    { kind: 'media', media: { type: 'document', id: '7', filename: 'a.pdf' } },
    { type: 'document', document: { id: '7', filename: 'a.pdf' } },
  ],
  [
    'a sticker',
    { kind: 'media', media: { type: 'sticker', id: '7' } },
    { type: 'sticker', sticker: { id: '7' } },
  ],
  [
    'a location, coordinates as text',
    { kind: 'location', location: { latitude: '37.7749', longitude: -122.4194, name: 'Our Office' } },
    { type: 'location', location: { latitude: 37.7749, longitude: -122.4194, name: 'Our Office' } },
  ],
  [
    'a template with a plain language',
    { kind: 'template', template: { name: 'follow_up', language: 'en' } },
    { type: 'template', template: { name: 'follow_up', language: { code: 'en' } } },
  ],
  [
    'a template with components',
    {
      kind: 'template',
      template: { name: 'a', language: { code: 'en_US', policy: 'deterministic' }, components },
    },
    {
      type: 'template',
      template: { name: 'a', language: { code: 'en_US', policy: 'deterministic' }, components },
    },
  ],
  ['buttons', { kind: 'interactive', interactive: buttons }, { type: 'interactive', interactive: buttons }],
  ['a list', { kind: 'interactive', interactive: list }, { type: 'interactive', interactive: list }],
  ['contacts', { kind: 'contacts', contacts: [card] }, { type: 'contacts', contacts: [card] }],
  [
    'a reaction',
    { kind: 'reaction', reaction: { messageId: 'wamid.1', emoji: '👍' } },
    { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' } },
  ],
  [
    'a removed reaction',
    { kind: 'reaction', reaction: { messageId: 'wamid.1', emoji: '' } },
    { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '' } },
  ],
  [
    'raw',
    { kind: 'raw', raw: { type: 'text', text: { body: 'x' }, message_send_ttl_seconds: 60 } },
    { type: 'text', text: { body: 'x' }, message_send_ttl_seconds: 60 },
  ],
];

describe('renderMessage()', () => {
  test.each(CASES)('renders %s', (_label, message, expected) => {
    expect(render(message)).toEqual({ ...frame, ...expected });
  });

  test('has a case here for every kind', () => {
    expect(new Set(CASES.map(([, { kind }]) => kind))).toEqual(new Set(Object.keys(RENDERERS)));
  });

  test.each(['flow', 'product', 'carousel', 'request_contact_info'])(
    'passes interactive %s through',
    (type) => {
      const interactive = Interactive.parse({
        type,
        body: { text: 'b' },
        action: { name: type, parameters: { a: 1 } },
      });
      expect(render({ kind: 'interactive', interactive })).toEqual({
        ...frame,
        type: 'interactive',
        interactive,
      });
    },
  );

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

  test('throws when there is nobody to send to, or a value that JSON cannot carry', () => {
    const message = OutboundMessage.parse({ kind: 'text', text: 'x' });
    const code = (code: string) => expect.objectContaining({ name: 'RenderError', code });
    expect(() => renderMessage(message, {}, { opaque: OPAQUE })).toThrow(code('no_recipient'));
    const template = { name: 'a', language: { code: 'en' }, extra: Infinity };
    expect(() => render({ kind: 'template', template })).toThrow(code('not_json'));
  });
});
