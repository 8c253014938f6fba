import { describe, expect, test } from '@jest/globals';
import { flow } from '../../findings/example.ts';
import { readFlow } from '../read-flow.ts';
import { checkRules } from './index.ts';

/** Code, text under the caret, message. */
function check(config: string): string[] {
  const { file, flow: parsed } = readFlow({
    path: 'a',
    text: flow(`- { id: start, type: reply, config: ${config} }`),
  });
  const before = file.findings.length;
  if (parsed) checkRules([parsed]);
  return file.findings
    .slice(before)
    .map(
      ({ code, lineText, col, length, message }) =>
        `${code} ${lineText.slice(col - 1, col - 1 + length)}: ${message}`,
    );
}

const TEXT = '{ type: text, text: x }';

describe('E302', () => {
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
    expect(check(`{ template: { name: a, language: en, components: [${component}] } }`)).toEqual([]);
  });

  test.each([
    ['{ type: buttons }', 'buttons: A template has no component `buttons`'],
    [
      `{ type: header, parameters: [${TEXT}, { type: text, text: y }] }`,
      '{ type: text, text: y }: A header has one parameter at most',
    ],
    [
      `{ type: header, parameters: [{ type: text, text: ${'x'.repeat(61)} }] }`,
      `${'x'.repeat(61)}: \`text\` may have at most 60 characters`,
    ],
    [
      '{ type: header, parameters: [{ type: currency, currency: {} }] }',
      'currency: A header has no parameter of type `currency`',
    ],
    [
      '{ type: header, parameters: [{ type: image, image: { link: x, id: y } }] }',
      '{ link: x, id: y }: exactly one of `link` and `id` must be given',
    ],
    [
      '{ type: header, parameters: [{ type: image }] }',
      '{ type: image }: `image` of the parameter is missing, or no map',
    ],
    [
      '{ type: header, parameters: [{ type: location, location: { latitude: 1 } }] }',
      '{ latitude: 1 }: `longitude` is missing',
    ],
    [`{ type: footer, parameters: [${TEXT}] }`, `[${TEXT}]: A footer has no parameters`],
    [
      '{ type: body, parameters: [{ type: image, image: { id: x } }] }',
      'image: A body has no parameter of type `image`',
    ],
    ['{ type: body, parameters: [{ type: text }] }', '{ type: text }: `text` is missing'],
    ['{ type: body, parameters: [{ type: text, text: 42 }] }', '42: `text` must be text'],
    ['{ type: body, parameters: [{ type: text, text: " " }] }', '" ": `text` must not be empty'],
    [
      '{ type: body, parameters: [{ type: text, text: "a\\nb" }] }',
      '"a\\nb": a parameter may hold no line break, no tab and no more than four spaces in a row',
    ],
    [
      '{ type: body, parameters: [{ type: text, text: "a     b" }] }',
      '"a     b": a parameter may hold no line break, no tab and no more than four spaces in a row',
    ],
    [
      '{ type: body, parameters: [{ type: text, parameter_name: First, text: x }] }',
      'First: `parameter_name` must be lower-case letters, digits and `_`',
    ],
    [
      `{ type: body, parameters: [{ type: text, parameter_name: first, text: x }, ${TEXT}] }`,
      `${TEXT}: Parameters with a \`parameter_name\` and without one are mixed`,
    ],
    [
      '{ type: body, parameters: [{ type: currency, currency: { fallback_value: x, code: rp, amount_1000: 1 } }] }',
      'rp: `code` must be the three letters of a currency, such as IDR',
    ],
    [
      '{ type: body, parameters: [{ type: currency, currency: { fallback_value: x, code: IDR, amount_1000: 1.5 } }] }',
      '1.5: `amount_1000` must be a whole number: the amount times 1,000',
    ],
    [
      '{ type: body, parameters: [{ type: date_time, date_time: { year: 2026 } }] }',
      '{ year: 2026 }: `fallback_value` is missing',
    ],
    ['{ type: button, index: 0 }', '{ type: button, index: 0 }: `sub_type` of the button is missing'],
    ['{ type: button, sub_type: url }', '{ type: button, sub_type: url }: `index` of the button is missing'],
    ['{ type: button, sub_type: url, index: 10 }', '10: `index` must be a number from 0 to 9'],
    ['{ type: button, sub_type: url, index: -1 }', '-1: `index` must be a number from 0 to 9'],
    [
      '{ type: button, sub_type: quik_reply, index: 0 }',
      'quik_reply: There is no kind of button `quik_reply`',
    ],
    [
      `{ type: button, sub_type: quick_reply, index: 0, parameters: [${TEXT}] }`,
      'text: A quick_reply button has no parameter of type `text`',
    ],
    [
      '{ type: button, sub_type: copy_code, index: 0, parameters: [{ type: coupon_code, coupon_code: ABCDEFGHIJKLMNOP }] }',
      'ABCDEFGHIJKLMNOP: `coupon_code` may have at most 15 characters',
    ],
    [
      '{ type: limited_time_offer, parameters: [{ type: limited_time_offer, limited_time_offer: { expiration_time_ms: 1700000000 } }] }',
      '1700000000: `expiration_time_ms` must be a time in Unix milliseconds',
    ],
    ['{ type: carousel }', '{ type: carousel }: `cards` of the carousel is missing'],
    ['{ type: carousel, cards: [{ card_index: 0 }] }', '[{ card_index: 0 }]: A carousel has 2 to 10 cards'],
    [
      '{ type: carousel, cards: [{ card_index: 0 }, { components: [{ type: button, index: 0 }] }] }',
      '{ components: [{ type: button, index: 0 }] }: `card_index` of the card is missing',
    ],
  ])('refuses %s', (component, expected) => {
    expect(check(`{ template: { name: a, language: en, components: [${component}] } }`)).toContain(
      `E302 ${expected}`,
    );
  });

  test('looks into cards, and into the template for a closed window', () => {
    const cards =
      '{ type: carousel, cards: [{ card_index: 0 }, { card_index: 1, components: [{ type: botton }] }] }';
    const expected = ['E302 botton: A template has no component `botton`'];
    expect(check(`{ template: { name: a, language: en, components: [${cards}] } }`)).toEqual(expected);
    expect(
      check(
        '{ message: x, outside_window: { template: { name: a, language: en, components: [{ type: botton }] } } }',
      ),
    ).toEqual(expected);
  });
});

describe('E303', () => {
  const parameters = 'parameters: { flow_message_version: "3", flow_id: "1", flow_cta: Book }';
  test.each([
    [`{ type: flow, body: { text: x }, action: { name: flow, ${parameters} } }`, []],
    [
      `{ type: flow, body: { text: x }, action: { ${parameters} } }`,
      [`E303 { ${parameters} }: \`name\` of the action must be "flow"`],
    ],
    [
      '{ type: flow, body: { text: x }, action: { name: flow, parameters: { flow_id: "1", flow_cta: "{{message}}" } } }',
      ['E303 { flow_id: "1", flow_cta: "{{message}}" }: `flow_message_version` is missing'],
    ],
    [
      `{ type: flow, body: { text: x }, action: { name: flow, ${parameters.replace('Book', 'Book a table for tonight')} } }`,
      ['E303 Book a table for tonight: `flow_cta` may have at most 20 characters'],
    ],
    ['{ type: product, action: { catalog_id: "1", product_retailer_id: "2" } }', []],
    [
      '{ type: product, action: { catalog_id: "1" } }',
      ['E303 { catalog_id: "1" }: `product_retailer_id` is missing'],
    ],
    [
      '{ type: product_list, header: { type: text, text: x }, body: { text: x }, action: { catalog_id: "1", sections: [] } }',
      [],
    ],
    [
      '{ type: product_list, body: { text: x }, action: { catalog_id: "1", sections: [] } }',
      [expect.stringContaining('needs a `header` of type `text`')],
    ],
    [
      '{ type: catalog_message, action: { name: catalog_message } }',
      [expect.stringContaining('needs `body` with a `text`')],
    ],
    [
      '{ type: carousel, body: { text: x }, action: { cards: [{}] } }',
      ['E303 [{}]: A carousel has 2 to 10 cards'],
    ],
    [
      '{ type: request_contact_info, body: { text: x }, action: { name: contact_request } }',
      ['E303 contact_request: `name` of the action must be "request_contact_info"'],
    ],
  ])('of %s', (interactive, expected) => {
    expect(check(`{ interactive: ${interactive} }`)).toEqual(expected);
  });
});
