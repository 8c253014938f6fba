import { error, fails, flow, passes, warning } from './example.ts';

const buttons = (title: string) =>
  flow(`
    - id: start
      type: reply
      config:
        message: "What would you like to do?"
        buttons:
          - { id: help, title: "${title}" }
          - { id: status, title: "Check status" }
  `);
const template = (components: string) =>
  flow(`
    - id: start
      type: reply
      config:
        template:
          name: order_confirmation
          language: en
          components:
            ${components}
  `);
const whatsappFlow = (parameters: string) =>
  flow(`
    - id: start
      type: reply
      config:
        interactive:
          type: flow
          body: { text: "Book a table" }
          action:
            name: flow
            parameters: { flow_message_version: "3", ${parameters} }
  `);
const contactList = (count: number) =>
  `[${Array.from({ length: count }, () => '{ name: { formatted_name: Ana, first_name: Ana } }').join(', ')}]`;
const contacts = (count: number) =>
  flow(`
    - id: start
      type: reply
      config: { contacts: ${contactList(count)} }
  `);
const location = (place: string) =>
  flow(`- { id: start, type: reply, config: { location: { latitude: -6.2, longitude: 106.8, ${place} } } }`);

/** What WhatsApp would refuse, or may. */
export const MESSAGE_FINDINGS = {
  E301: error({
    title: 'WhatsApp refuses this',
    explanation:
      'The message is over a limit of WhatsApp, or not of a shape that it takes. Text that is computed is checked before it is sent.',
    fails: [
      fails(buttons('Tell me about my options'), [9, '"Tell me about my options"']),
      fails(flow('- { id: start, type: reply, config: { media: { type: image, link: photo.jpg } } }'), [
        4,
        'photo.jpg',
      ]),
    ],
    passes: [passes(buttons('My options'))],
  }),
  E302: error({
    title: 'component that Meta refuses',
    explanation:
      'A template is sent with components that Meta refuses whatever the template says: a button without `sub_type` or `index`, two parameters in a header, named parameters mixed with others, a parameter of the wrong shape, a text with a line break. Text that is computed is checked before it is sent.',
    fails: [
      fails(template('- { type: button, sub_type: url, parameters: [{ type: text, text: "42" }] }'), [
        11,
        '{ type: button, sub_type: url, parameters: [{ type: text, text: "42" }] }',
      ]),
      fails(template('- { type: body, parameters: [{ type: payload, payload: "42" }] }'), [11, 'payload']),
    ],
    passes: [
      passes(
        template('- { type: button, sub_type: url, index: 0, parameters: [{ type: text, text: "42" }] }'),
      ),
    ],
  }),
  E303: error({
    title: 'interactive object that Meta refuses',
    explanation:
      'Something that Meta requires is missing in an `interactive` object, or of a shape that it refuses: in `flow`, `product`, `product_list`, `catalog_message`, `address_message`, `carousel`, `request_contact_info`, and in those for calls and orders. Text that is computed is checked before it is sent.',
    fails: [
      fails(whatsappFlow('flow_id: "1", flow_name: booking, flow_cta: Book'), [
        12,
        '{ flow_message_version: "3", flow_id: "1", flow_name: booking, flow_cta: Book }',
      ]),
    ],
    passes: [passes(whatsappFlow('flow_id: "1", flow_cta: Book'))],
  }),
  W311: warning({
    title: 'unknown kind in a template',
    explanation:
      'A component, a button or a parameter of a template is of a kind that is not known here. It goes out as it is, because Meta may have added it; but if it is misspelt, Meta refuses the message.',
    fails: [fails(template('- { type: limited_offer, parameters: [] }'), [11, 'limited_offer'])],
    passes: [passes(template('- { type: footer }'))],
  }),
  W312: warning({
    title: 'count that may be refused',
    explanation:
      "Meta's pages disagree about how much of this it takes: contacts in one message, characters in the payload of a quick reply. Stay below the lower figure to be safe.",
    fails: [fails(contacts(6), [6, contactList(6)])],
    passes: [passes(contacts(5))],
  }),
  W313: warning({
    title: 'address that is not shown',
    explanation: 'WhatsApp shows the `address` of a location only together with a `name`.',
    fails: [fails(location('address: 1 Main Street'), [4, '1 Main Street'])],
    passes: [passes(location('name: Office, address: 1 Main Street'))],
  }),
} as const;
