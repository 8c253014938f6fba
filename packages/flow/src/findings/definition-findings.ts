import { type TemplateDefinition } from '@alur/types';
import { error, fails, flow, passes, warning } from './example.ts';

const BODY = { type: 'BODY', text: 'Order {{1}} is {{2}} now.' };
const LINK = { type: 'URL', text: 'Track', url: 'https://shop.example/track/{{1}}' };

function defined(
  name: string,
  components: TemplateDefinition['components'],
  more: Partial<TemplateDefinition> = {},
): TemplateDefinition {
  return { id: '1', name, language: 'en', status: 'APPROVED', category: 'UTILITY', components, ...more };
}

const card = {
  components: [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'Fresh today.' },
  ],
};

/** Two variables in the body, an image over it, and a button whose address has one. */
const TEMPLATES = [
  defined('order_update', [
    { type: 'HEADER', format: 'IMAGE' },
    BODY,
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Stop' }, LINK] },
  ]),
  defined('order_short', [BODY]),
  defined('spring_sale', [{ type: 'BODY', text: 'Everything is cheaper until Friday.' }], {
    status: 'REJECTED',
  }),
  defined('summer_sale', [{ type: 'BODY', text: 'Everything is cheaper until Friday.' }], {
    status: 'PAUSED',
  }),
  defined('menu_cards', [{ type: 'CAROUSEL', cards: [card, card] }]),
  defined(
    'login_code',
    [
      { type: 'BODY', text: '*{{1}}* is your verification code.' },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' }] },
    ],
    { category: 'AUTHENTICATION' },
  ),
];
const KNOWN = { templates: TEMPLATES };

const sends = (name: string, components = '', language = 'en') =>
  flow(`
    - id: start
      type: reply
      config:
        template:
          name: ${name}
          language: ${language}${components === '' ? '' : `\n          components:${components}`}
  `);
const list = (...components: string[]) => components.map((each) => `\n            - ${each}`).join('');

const IMAGE =
  '{ type: header, parameters: [{ type: image, image: { link: "https://shop.example/a.png" } }] }';
const TWO = '{ type: body, parameters: [{ type: text, text: "42" }, { type: text, text: packed }] }';
const ONE = '{ type: body, parameters: [{ type: text, text: "42" }] }';
const TRACK = '{ type: button, sub_type: url, index: 1, parameters: [{ type: text, text: "42" }] }';
const photo = (index: number) => `{ card_index: ${index}, components: [${IMAGE}] }`;
const carousel = (...cards: string[]) => `{ type: carousel, cards: [${cards.join(', ')}] }`;
const code = (inBody: string, inButton: string) =>
  list(
    `{ type: body, parameters: [{ type: text, text: "${inBody}" }] }`,
    `{ type: button, sub_type: url, index: 0, parameters: [{ type: text, text: "${inButton}" }] }`,
  );

const lives = (seconds: number) =>
  flow(`
    - id: start
      type: reply
      config:
        template: { name: order_short, language: en, components: [${TWO}] }
        ttl: ${seconds}
  `);

const shows = (media: string) => flow(`- { id: start, type: reply, config: { media: ${media} } }`);
const MEDIA = {
  mediaFiles: new Map([
    ['media/menu.pdf', { mimeType: 'application/pdf', bytes: 200_000 }],
    ['media/shop.png', { mimeType: 'image/png', bytes: 9_000_000 }],
    [
      'media/cake.jpg',
      { fault: 'it does not begin as image/jpeg does', fix: 'give it the ending of what it is' },
    ],
  ]),
};

const pulled = (components: string) => [
  {
    path: 'templates/102290129340398.json',
    text: `{
  "waba": "102290129340398",
  "pulled_at": "2026-01-05T09:00:00.000Z",
  "templates": [
    {
      "name": "order_short",
      "language": "en",
      "id": "1",
      "status": "APPROVED",
      "category": "UTILITY",
      "components": [
        ${components}
      ]
    }
  ]
}
`,
  },
];

/** What does not fit the templates and media files that the bundle holds. */
export const DEFINITION_FINDINGS = {
  E304: error({
    title: 'template that is not there',
    explanation:
      'The WABA of these flows has no template of this name, or not in this language. It is looked for among those that `alur templates pull` wrote into the bundle; without them nothing is said. In the examples the WABA has `order_short`, in `en` alone.',
    fails: [
      fails(sends('order_shrt', list(TWO)), [8, 'order_shrt'], KNOWN),
      fails(sends('order_short', list(TWO), 'id'), [9, 'id'], KNOWN),
    ],
    passes: [passes(sends('order_short', list(TWO)), KNOWN), passes(sends('not_pulled_yet'))],
  }),
  E305: error({
    title: 'template that Meta lets nobody send',
    explanation:
      'When the templates were pulled, this one was REJECTED, DISABLED or deleted. Mend it in the WhatsApp Manager, or send another one. Flows that run go on: there the template alone is held.',
    fails: [fails(sends('spring_sale'), [8, 'spring_sale'], KNOWN)],
    passes: [passes(sends('order_short', list(TWO)), KNOWN)],
  }),
  E306: error({
    title: 'parameters that do not fit',
    explanation:
      'The send has more or fewer parameters than the text of the template has variables, or gives them in order where the template wants names, or the other way round. Meta refuses it (132000). In the examples the body of `order_short` is "Order {{1}} is {{2}} now."',
    fails: [
      fails(sends('order_short', list(ONE)), [11, '[{ type: text, text: "42" }]'], KNOWN),
      fails(sends('order_short'), [8, 'name: order_short'], KNOWN),
    ],
    passes: [passes(sends('order_short', list(TWO)), KNOWN)],
  }),
  E307: error({
    title: 'header that does not fit',
    explanation:
      'The header of a template is text, an image, a video, a document, a location or a product; the send brings nothing of that kind, or another one (132012). In the examples `order_update` has an image and `order_short` no header.',
    fails: [
      fails(
        sends('order_update', list(TWO, TRACK)),
        [11, '- { type: body, parameters: [{ type: text, text: "42" }, { type: text, text: packed }] }'],
        KNOWN,
      ),
      fails(sends('order_short', list(IMAGE, TWO)), [11, IMAGE], KNOWN),
    ],
    passes: [passes(sends('order_update', list(IMAGE, TWO, TRACK)), KNOWN)],
  }),
  E308: error({
    title: 'buttons that do not fit',
    explanation:
      'A component is about a button that the template does not have, is of another kind, or is missing for a button that needs one: an address with a variable, a code to copy (131008). In the examples button 0 of `order_update` is a quick reply, button 1 an address that ends in {{1}}.',
    fails: [
      fails(sends('order_update', list(IMAGE, TWO, TRACK.replace('index: 1', 'index: 2'))), [13, '2'], KNOWN),
      fails(sends('order_update', list(IMAGE, TWO)), [11, `- ${IMAGE}`], KNOWN),
    ],
    passes: [passes(sends('order_update', list(IMAGE, TWO, TRACK)), KNOWN)],
  }),
  E309: error({
    title: 'cards or offer that do not fit',
    explanation:
      'A carousel is sent with as many cards as the template has, each by its index; a limited-time offer with its end, where it has one. In the examples `menu_cards` has two cards.',
    fails: [
      fails(
        sends('menu_cards', list(carousel(photo(0), photo(1), photo(2)))),
        [11, `[${[photo(0), photo(1), photo(2)].join(', ')}]`],
        KNOWN,
      ),
    ],
    passes: [passes(sends('menu_cards', list(carousel(photo(0), photo(1)))), KNOWN)],
  }),
  E310: error({
    title: 'code that is not given twice',
    explanation:
      'An authentication template takes one code of at most 15 characters, twice: in its body and in its button.',
    fails: [fails(sends('login_code', code('123456', '654321')), [12, '"654321"'], KNOWN)],
    passes: [passes(sends('login_code', code('{{now}}', '{{now}}')), KNOWN)],
  }),
  E311: error({
    title: 'time to live that does not fit',
    explanation:
      'How long a template may wait for its contact depends on its category: 30 to 900 seconds for AUTHENTICATION, 30 seconds to 12 hours for UTILITY, 12 hours to 30 days for MARKETING; -1 stands for 30 days.',
    fails: [fails(lives(604_800), [8, '604800'], KNOWN)],
    passes: [passes(lives(3_600), KNOWN), passes(lives(-1), KNOWN)],
  }),
  E312: error({
    title: 'file that is not in the bundle',
    explanation: 'A message names a file with `file`, and the folder `media` of the bundle does not have it.',
    fails: [fails(shows('{ type: document, file: media/menue.pdf }'), [4, 'media/menue.pdf'], MEDIA)],
    passes: [passes(shows('{ type: document, file: media/menu.pdf }'), MEDIA)],
  }),
  E313: error({
    title: 'file that WhatsApp refuses',
    explanation:
      'The file is of a type that WhatsApp does not take as this kind of media, or too large (images have 5 MB at most, video and audio 16 MB, documents 100 MB, stickers 500 KB), or it has another fault, of which `alur media list` tells too.',
    fails: [
      fails(shows('{ type: image, file: media/menu.pdf }'), [4, 'media/menu.pdf'], MEDIA),
      fails(shows('{ type: image, file: media/shop.png }'), [4, 'media/shop.png'], MEDIA),
      fails(shows('{ type: image, file: media/cake.jpg }'), [4, 'media/cake.jpg'], MEDIA),
    ],
    passes: [passes(shows('{ type: document, file: media/menu.pdf }'), MEDIA)],
  }),
  W301: warning({
    title: 'template that cannot go for now',
    explanation:
      'When the templates were pulled, this one was not approved yet, or paused (PENDING, PAUSED, IN_APPEAL): what is sent meanwhile fails, or waits with `retry_on_rate_limit`.',
    fails: [fails(sends('summer_sale'), [8, 'summer_sale'], KNOWN)],
    passes: [passes(sends('order_short', list(TWO)), KNOWN)],
  }),
  W302: warning({
    title: 'definition over a limit',
    explanation:
      'A template is over a limit that Meta documents for definitions; `alur templates check` looks at them. Meta may have let it pass before the limit was there, and may refuse the next change of it.',
    fails: [
      fails(pulled('{ "type": "BODY", "text": "{{1}} is on its way." }'), [12, '"{{1}} is on its way."']),
    ],
    passes: [passes(pulled('{ "type": "BODY", "text": "Order {{1}} is on its way." }'))],
  }),
} as const;
