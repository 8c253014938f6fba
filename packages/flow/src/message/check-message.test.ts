import { describe, expect, test } from '@jest/globals';
import { flow } from '../findings/example.ts';
import { loadFlows } from '../load-flows.ts';
import { aSnapshot, flowOf, loaded, takeTurn, textEvent } from '../testing/conversation.ts';

/** Code, text under the caret, message. */
function check(config: string): string[] {
  const text = flow(`- { id: start, type: reply, config: ${config} }`);
  return loadFlows([{ path: 'a', text }]).findings.map(
    ({ code, lineText, col, length, message }) =>
      `${code} ${lineText.slice(col - 1, col - 1 + length)}: ${message}`,
  );
}

const template = (...components: string[]) =>
  `{ template: { name: a, language: en, components: [${components.join(', ')}] } }`;
const TEXT = '{ type: text, text: x }';

describe('components of a template', () => {
  test.each([
    ['{ type: body, parameters: [{ type: text, text: x }, { type: text, text: y }] }'],
    ['{ type: BODY, parameters: [{ type: text, parameter_name: first, text: x }] }'],
    ['{ type: header, parameters: [{ type: image, image: { link: "https://a.b/c" } }] }'],
    [
      '{ type: header, parameters: [{ type: location, location: { latitude: 1, longitude: "2", name: x } }] }',
    ],
    [
      '{ type: body, parameters: [{ type: currency, currency: { fallback_value: x, code: IDR, amount_1000: 5000 } }] }',
    ],
    ['{ type: body, parameters: [{ type: date_time, date_time: { fallback_value: x } }] }'],
    ['{ type: button, sub_type: QUICK_REPLY, index: "0", parameters: [{ type: payload, payload: x }] }'],
    ['{ type: button, sub_type: url, index: 9, parameters: [{ type: text, text: x }] }'],
    [
      '{ type: button, sub_type: copy_code, index: 1, parameters: [{ type: coupon_code, coupon_code: SAVE10 }] }',
    ],
    ['{ type: button, sub_type: flow, index: 0, parameters: [{ type: action, action: { flow_token: x } }] }'],
    ['{ type: button, sub_type: CATALOG, index: 0, parameters: [{ type: action, action: {} }] }'],
    [
      '{ type: limited_time_offer, parameters: [{ type: limited_time_offer, limited_time_offer: { expiration_time_ms: 1700000000000 } }] }',
    ],
    ['{ type: carousel, cards: [{ card_index: 0, components: [] }, { card_index: 1, components: [] }] }'],
    ['{ type: tap_target_configuration, parameters: [{ type: tap_target_configuration }] }'],
    ['{ type: footer }'],
    ['{ type: "{{message}}", sub_type: 5 }'],
    [
      '{ type: button, sub_type: "{{message}}", index: "{{message}}", parameters: [{ type: "{{message}}" }] }',
    ],
    ['{ type: body, parameters: [{ type: text, text: "{{message}}\\n" }] }'],
    [
      '{ type: body, parameters: [{ type: currency, currency: { fallback_value: x, code: "{{message}}", amount_1000: "{{message}}" } }] }',
    ],
    ['{ type: body, parameters: [{ type: date_time, date_time: "{{message}}" }] }'],
    ['{ type: body, parameters: "{{message}}" }'],
  ])('lets %s through', (component) => {
    expect(check(template(component))).toEqual([]);
  });

  test.each([
    [
      `{ type: header, parameters: [${TEXT}, { type: text, text: y }] }`,
      '{ type: text, text: y }: Entry 2 of `parameters`: A header has one parameter at most',
    ],
    [
      `{ type: header, parameters: [{ type: text, text: ${'x'.repeat(61)} }] }`,
      `${'x'.repeat(61)}: \`text\` may have at most 60 characters`,
    ],
    [
      `{ type: header, parameters: [{ type: text, text: "${'x'.repeat(61)}{{message}}" }] }`,
      `"${'x'.repeat(61)}{{message}}": \`text\` may have at most 60 characters`,
    ],
    [
      '{ type: header, parameters: [{ type: currency, currency: {} }] }',
      'currency: `type`: A header has no parameter of type `currency`: it takes text, image, video, document, gif, location, product',
    ],
    [
      '{ type: header, parameters: [{ type: image, image: { link: "{{message}}", id: "{{message}}" } }] }',
      '{ link: "{{message}}", id: "{{message}}" }: `image`: give exactly one of `link`, `id` and `file`',
    ],
    ['{ type: header, parameters: [{ type: image }] }', '{ type: image }: `image` is missing'],
    [
      '{ type: header, parameters: [{ type: location, location: { latitude: 1 } }] }',
      'location: `longitude` is missing',
    ],
    [`{ type: footer, parameters: [${TEXT}] }`, `[${TEXT}]: \`parameters\`: a footer has no parameters`],
    [
      '{ type: body, parameters: [{ type: image, image: { id: x } }] }',
      'image: `type`: A body has no parameter of type `image`: it takes text, currency, date_time',
    ],
    ['{ type: body, parameters: [{ type: text }] }', '{ type: text }: `text` is missing'],
    ['{ type: body, parameters: [{ type: text, text: 42 }] }', '42: `text` must be text, not a number'],
    ['{ type: body, parameters: [{ type: text, text: " " }] }', '" ": `text`: must not be empty'],
    [
      '{ type: body, parameters: [{ type: text, text: "a\\nb" }] }',
      '"a\\nb": `text`: a parameter may hold no line break, no tab and no more than four spaces in a row',
    ],
    [
      '{ type: body, parameters: [{ type: text, parameter_name: First, text: x }] }',
      'First: `parameter_name`: must be lower-case letters, digits and `_`',
    ],
    [
      `{ type: body, parameters: [{ type: text, parameter_name: first, text: x }, ${TEXT}] }`,
      `${TEXT}: Entry 2 of \`parameters\`: Parameters with a \`parameter_name\` and without one are mixed: name all, as the template does, or none`,
    ],
    [
      '{ type: body, parameters: [{ type: currency, currency: { fallback_value: x, code: rp, amount_1000: 1 } }] }',
      'rp: `code`: must be the three letters of a currency, such as IDR',
    ],
    [
      '{ type: body, parameters: [{ type: currency, currency: { fallback_value: x, code: IDR, amount_1000: 1.5 } }] }',
      '1.5: `amount_1000`: a whole number is needed: the amount times 1,000',
    ],
    [
      '{ type: body, parameters: [{ type: date_time, date_time: { year: 2026 } }] }',
      'date_time: `fallback_value` is missing',
    ],
    ['{ type: button, index: 0 }', '{ type: button, index: 0 }: `sub_type` is missing'],
    [
      '{ type: button, sub_type: url }',
      '{ type: button, sub_type: url }: `index`: a number from 0 to 9 is needed; count the buttons of the template from 0',
    ],
    [
      '{ type: button, sub_type: url, index: 10 }',
      '10: `index`: a number from 0 to 9 is needed; count the buttons of the template from 0',
    ],
    [
      `{ type: button, sub_type: quick_reply, index: 0, parameters: [${TEXT}] }`,
      'text: `type`: A quick_reply button has no parameter of type `text`: it takes payload',
    ],
    [
      '{ type: button, sub_type: copy_code, index: 0, parameters: [{ type: coupon_code, coupon_code: ABCDEFGHIJKLMNOP }] }',
      'ABCDEFGHIJKLMNOP: `coupon_code` may have at most 15 characters',
    ],
    [
      '{ type: limited_time_offer, parameters: [{ type: limited_time_offer, limited_time_offer: { expiration_time_ms: 1700000000 } }] }',
      '1700000000: `expiration_time_ms`: a time in Unix milliseconds is needed',
    ],
    ['{ type: carousel }', '{ type: carousel }: `cards` is missing'],
    [
      '{ type: carousel, cards: [{ card_index: "{{now}}" }] }',
      '[{ card_index: "{{now}}" }]: `cards`: A carousel has 2 to 10 cards',
    ],
    [
      '{ type: carousel, cards: [{ card_index: 0 }, { components: [{ type: button, index: 0 }] }] }',
      '{ components: [{ type: button, index: 0 }] }: `card_index`: a number from 0 to 9 is needed; count the cards from 0',
    ],
  ])('reports E302 for %s', (component, expected) => {
    expect(check(template(component))).toContain(`E302 ${expected}`);
  });

  test('are looked at in cards, and in the template for a closed window', () => {
    const cards =
      '{ type: carousel, cards: [{ card_index: 0 }, { card_index: 1, components: [{ type: botton }] }] }';
    const expected = [
      'W311 botton: No component of a template is known that is called so: it goes out as it is',
    ];
    expect(check(template(cards))).toEqual(expected);
    expect(check(`{ message: x, outside_window: ${template('{ type: botton }')} }`)).toEqual(expected);
  });

  test.each([
    ['{ type: buttons, parameters: [{ type: new }] }', 'buttons: No component'],
    ['{ type: button, sub_type: quik_reply, index: 0 }', 'quik_reply: No button'],
    ['{ type: body, parameters: [{ type: txt }] }', 'txt: No parameter'],
  ])('reports W311 for %s', (component, expected) => {
    expect(check(template(component))).toEqual([
      `W311 ${expected} of a template is known that is called so: it goes out as it is`,
    ]);
  });

  test('says W312 of a payload that may be too long', () => {
    const payload = (length: number) =>
      template(
        `{ type: button, sub_type: quick_reply, index: 0, parameters: [{ type: payload, payload: ${'x'.repeat(length)} }] }`,
      );
    expect(check(payload(128))).toEqual([]);
    expect(check(payload(129))).toEqual([expect.stringContaining('W312')]);
  });
});

describe('interactive messages', () => {
  const parameters = 'parameters: { flow_message_version: "3", flow_id: "1", flow_cta: Book }';
  test.each([
    [`{ type: flow, body: { text: x }, action: { name: flow, ${parameters} } }`, []],
    [`{ type: flow, body: { text: x }, action: { ${parameters} } }`, ['E303 action: `name` must be "flow"']],
    [
      '{ type: flow, body: { text: x }, action: { name: flow, parameters: { flow_id: "1", flow_cta: "{{message}}" } } }',
      ['E303 parameters: `flow_message_version` is missing'],
    ],
    [
      '{ type: flow, body: { text: x }, action: { name: flow, parameters: { flow_message_version: "3", flow_id: "{{message}}", flow_name: "{{message}}", flow_cta: x } } }',
      [expect.stringContaining('exactly one of `flow_id` and `flow_name`')],
    ],
    [
      `{ type: flow, body: { text: x }, action: { name: flow, ${parameters.replace('Book', 'Book a table for tonight')} } }`,
      ['E303 Book a table for tonight: `flow_cta` may have at most 20 characters'],
    ],
    ['{ type: product, action: { catalog_id: "1", product_retailer_id: "2" } }', []],
    ['{ type: product, action: { catalog_id: "1" } }', ['E303 action: `product_retailer_id` is missing']],
    [
      '{ type: product_list, body: { text: x }, action: { catalog_id: "1", sections: [{ product_items: [{ product_retailer_id: "{{message}}" }] }] } }',
      ['E303 interactive: `header` is missing'],
    ],
    ['{ type: catalog_message, action: { name: catalog_message } }', ['E303 interactive: `body` is missing']],
    [
      '{ type: request_contact_info, body: { text: x }, action: { name: contact_request } }',
      ['E303 contact_request: `name` must be "request_contact_info"'],
    ],
    [
      '{ type: location_request_message, body: { text: x }, action: { name: location } }',
      ['E301 location: `name` must be "send_location"'],
    ],
    ['{ type: buton, body: { text: x } }', ['E301 buton: There is no interactive message of this `type`']],
  ])('say what Meta refuses of %s', (interactive, expected) => {
    expect(check(`{ interactive: ${interactive} }`)).toEqual(expected);
  });

  test('of an unknown type name the nearest, and the way to send others', () => {
    const fixOf = (type: string) =>
      loadFlows([
        { path: 'a', text: flow(`- { id: start, type: reply, config: { interactive: { type: ${type} } } }`) },
      ]).findings[0]?.fix;
    expect(fixOf('buton')).toBe('did you mean `button`; `raw` sends one that is not known here');
    expect(fixOf('hologram')).toMatch(/^known: button, .*; `raw` sends one that is not known here$/);
  });
});

describe('flags of a reply', () => {
  test.each([
    ['{ message: x, ttl: 60 }', 'E104 60: `ttl`: only a `template` has a time to live'],
    ['{ template: { name: a, language: en }, ttl: 29 }', 'E104 29: `ttl`: give seconds from 30'],
    ['{ template: { name: a, language: en }, ttl: 2592001 }', 'E104 2592001: `ttl` may have at most 2592000'],
    ['{ media: { type: image, id: "1" }, preview_url: true }', 'E104 true: `preview_url`: only a `message`'],
    ['{ media: { type: image, id: "1" }, message: x, preview_url: true }', 'E104 true: `preview_url`: only'],
    ['{ media: { type: audio, id: "1", caption: "{{message}}" } }', 'E301 "{{message}}": `caption`: audio'],
    [
      '{ media: { type: image, file: menu.png } }',
      'E301 menu.png: `file`: use a path that begins with `media/`',
    ],
  ])('reports %s', (config, expected) => {
    expect(check(config)).toContainEqual(expect.stringContaining(expected));
  });

  test.each([
    [
      '{ message: "https://a.example", preview_url: true }',
      { kind: 'text', text: 'https://a.example', previewUrl: true },
    ],
    [
      '{ template: { name: a, language: en }, ttl: 60 }',
      { kind: 'template', template: { name: 'a', language: { code: 'en' } }, ttlS: 60 },
    ],
    [
      '{ media: { type: audio, file: media/hello.ogg, voice: true } }',
      { kind: 'media', media: { type: 'audio', file: 'media/hello.ogg', voice: true } },
    ],
  ])('are part of the message: %s', (config, message) => {
    const flows = loaded([flowOf(`- { id: a, type: reply, config: ${config} }`)]);
    const { effects } = takeTurn(flows, aSnapshot(), textEvent('hi'));
    expect(effects).toMatchObject([{ message }]);
  });

  test('keep the preview of every part of a long text, and the time to live of a template for a closed window', () => {
    const config =
      '{ message: "{{message}}", preview_url: true, outside_window: { template: { name: a, language: en }, ttl: 60 } }';
    const flows = loaded([flowOf(`- { id: a, type: reply, config: ${config} }`)]);
    const { effects } = takeTurn(flows, aSnapshot(), textEvent('word '.repeat(1000)));
    expect(effects).toMatchObject([
      { message: { previewUrl: true }, outsideWindow: { ttlS: 60 } },
      { message: { previewUrl: true }, outsideWindow: 'skip' },
    ]);
  });
});

describe('computed parts', () => {
  const run = (config: string, said: string) =>
    takeTurn(loaded([flowOf(`- { id: a, type: reply, config: ${config} }`)]), aSnapshot(), textEvent(said));

  test.each([
    ['two\nlines', 'a parameter may hold no line break'],
    ['a     gap', 'no more than four spaces in a row'],
    [' ', 'must not be empty'],
  ])('of a template are checked before they are sent: %j', (said, fault) => {
    const result = run(template('{ type: body, parameters: [{ type: text, text: "{{message}}" }] }'), said);
    expect(result).toMatchObject({ outcome: 'failed', effects: [], failure: { code: 'invalid_message' } });
    expect(result.failure?.message).toContain(fault);
    expect(result.failure?.message).toContain('(at template.components.0.parameters.0.text)');
  });

  test('of an interactive message are checked before they are sent', () => {
    const config =
      '{ interactive: { type: flow, body: { text: x }, action: { name: flow, parameters: { flow_message_version: "3", flow_id: "1", flow_cta: "{{message}}" } } } }';
    expect(run(config, 'Book 📅').failure?.message).toContain('no emoji');
    expect(run(config, 'Book')).toMatchObject({ outcome: 'completed' });
  });

  test('that are numbers are written out where Meta wants text', () => {
    const config = template(
      '{ type: button, sub_type: copy_code, index: 0, parameters: [{ type: coupon_code, coupon_code: "{{1 + 1}}" }] }',
    );
    expect(run(config, 'x').effects).toMatchObject([
      { message: { template: { components: [{ parameters: [{ coupon_code: '2' }] }] } } },
    ]);
  });
});
