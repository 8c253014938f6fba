import { error, fails, flow, passes } from './example.ts';

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

/** What WhatsApp would refuse. */
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
      'A template is sent with components that Meta refuses whatever the template says: an unknown kind, a button without `sub_type` or `index`, two parameters in a header, named parameters mixed with others, a parameter of the wrong shape. Only fixed text is checked.',
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
      'Something that Meta requires is missing in an `interactive` object: in `flow`, `product`, `product_list`, `catalog_message`, `address_message` or `carousel`. Only fixed text is checked.',
    fails: [
      fails(whatsappFlow('flow_id: "1", flow_name: booking, flow_cta: Book'), [
        12,
        '{ flow_message_version: "3", flow_id: "1", flow_name: booking, flow_cta: Book }',
      ]),
    ],
    passes: [passes(whatsappFlow('flow_id: "1", flow_cta: Book'))],
  }),
} as const;
