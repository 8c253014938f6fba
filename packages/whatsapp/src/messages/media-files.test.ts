import { describe, expect, test } from '@jest/globals';
import { OutboundMessage } from '@alur/types';
import { listMediaFiles, withMediaIds } from './media-files.ts';
import { renderMessage } from './render-message.ts';

const file = (name: string) => ({ file: `media/${name}` });
const image = (source: object) => ({ type: 'image', image: source });
const card = (index: number, source: object) => ({
  card_index: index,
  type: 'cta_url',
  header: image(source),
  action: { name: 'cta_url', parameters: { display_text: 'd', url: 'https://a.example' } },
});
const template = (source: (name: string) => object) => ({
  kind: 'template',
  template: {
    name: 'a',
    language: { code: 'en' },
    components: [
      { type: 'header', parameters: [{ type: 'document', document: { ...source('a.pdf'), filename: 'A' } }] },
      {
        type: 'carousel',
        cards: [0, 1].map((index) => ({
          card_index: index,
          components: [{ type: 'header', parameters: [image(source('b.png'))] }],
        })),
      },
      {
        type: 'button',
        sub_type: 'flow',
        index: 0,
        parameters: [{ type: 'action', action: { flow_action_data: { image: file('of the flow') } } }],
      },
    ],
  },
});
const interactive = (type: string, action: object, rest: object) => ({
  kind: 'interactive',
  interactive: { type, body: { text: 'b' }, ...rest, action },
});

/** The message with files, the same with ids, and the files. */
const CASES: [label: string, messageWith: (source: (name: string) => object) => object, files: string[]][] = [
  ['media', (source) => ({ kind: 'media', media: { type: 'image', ...source('a.png') } }), ['media/a.png']],
  [
    'a header',
    (source) =>
      interactive(
        'button',
        { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] },
        { header: image(source('a.png')) },
      ),
    ['media/a.png'],
  ],
  [
    'cards',
    (source) => interactive('carousel', { cards: [card(0, source('a.png')), card(1, source('b.png'))] }, {}),
    ['media/a.png', 'media/b.png'],
  ],
  ['a template', template, ['media/a.pdf', 'media/b.png']],
];

const IDS = new Map(['a.png', 'b.png', 'a.pdf'].map((name) => [`media/${name}`, `id of ${name}`]));

describe('listMediaFiles(), withMediaIds()', () => {
  test.each(CASES)('find the files of %s once, and put ids in their place', (_, messageWith, files) => {
    const message = OutboundMessage.parse(messageWith(file));
    expect(listMediaFiles(message)).toEqual(files);
    const ready = withMediaIds(message, IDS);
    expect(ready).toEqual(OutboundMessage.parse(messageWith((name) => ({ id: `id of ${name}` }))));
    expect(listMediaFiles(ready)).toEqual([]);
  });

  test('leave messages without files alone, and what is the own business of a flow or a raw message', () => {
    const raw = OutboundMessage.parse({ kind: 'raw', raw: { type: 'image', image: file('a.png') } });
    expect(listMediaFiles(raw)).toEqual([]);
    expect(withMediaIds(raw, IDS)).toBe(raw);
  });

  test('throw for a file without an id, as rendering does', () => {
    const message = OutboundMessage.parse({ kind: 'media', media: { type: 'image', ...file('c.png') } });
    const missing = expect.objectContaining({ name: 'RenderError', code: 'not_uploaded' });
    expect(() => withMediaIds(message, IDS)).toThrow(missing);
    expect(() => renderMessage(message, { waId: '1' }, { opaque: 'x' })).toThrow(missing);
  });
});
