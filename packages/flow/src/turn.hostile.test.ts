import { describe, expect, test } from '@jest/globals';
import { JsonObject } from '@alur/types';
import { HOSTILE, UNMEASURABLE } from '../../../test/support/hostile.ts';
import { aSnapshot, anEvent, loaded } from './testing/conversation.ts';
import { turn } from './turn.ts';

// What a contact, the API or a web service gave stands in every place that a flow can compute. A turn has an end, whatever it is.

const CONFIGS: [label: string, type: string, config: string][] = [
  ['a text', 'reply', '{ message: "{{input.x}}" }'],
  ['a part of a text', 'reply', '{ message: "a {{input.x}} b" }'],
  ['buttons', 'reply', '{ message: a, buttons: [{ id: "{{input.x}}", title: "{{input.x}}" }] }'],
  ['a link to media', 'reply', '{ media: { type: image, link: "{{input.x}}", caption: "{{input.x}}" } }'],
  [
    'a location',
    'reply',
    '{ location: { latitude: "{{input.x}}", longitude: "{{input.x}}", name: "{{input.x}}" } }',
  ],
  [
    'parameters',
    'reply',
    '{ template: { name: a, language: en, components: [{ type: body, parameters: "{{input.x}}" }] } }',
  ],
  [
    'a parameter',
    'reply',
    '{ template: { name: a, language: en, components: [{ type: body, parameters: [{ type: text, text: "{{input.x}}" }, { type: date_time, date_time: "{{input.x}}" }] }] } }',
  ],
  [
    'a component',
    'reply',
    '{ template: { name: a, language: en, components: [{ type: "{{input.x}}", sub_type: 5 }] } }',
  ],
  [
    'an interactive message',
    'reply',
    '{ interactive: { type: list, body: { text: "{{input.x}}" }, action: { button: "{{input.x}}", sections: [{ title: "{{input.x}}", rows: [{ id: "{{input.x}}", title: "{{input.x}}" }] }] } } }',
  ],
  ['a raw message', 'reply', '{ raw: { type: new, new: "{{input.x}}" } }'],
  ['a variable', 'state', '{ action: set, key: a, value: "{{input.x}}" }'],
  ['a tag', 'tag', '{ add: ["{{input.x}}"] }'],
  ['a log line', 'log', '{ message: "{{input.x}}" }'],
  ['an address', 'http', '{ method: POST, url: "https://a.b/{{input.x}}", body: { a: "{{input.x}}" } }'],
  ['a payload', 'event', '{ event_type: a, payload: { a: "{{input.x}}" } }'],
];

const flows = (type: string, config: string) =>
  loaded(
    [
      {
        path: 'a.ygtc',
        text: `name: a\nversion: "1"\nnodes:\n  - { id: start, type: ${type}, config: ${config} }\ntriggers:\n  - { type: event, event_type: e, target: start }\n`,
      },
    ],
    { strict: false },
  );
const eventWith = (json: string) =>
  anEvent({ kind: 'event', eventType: 'e', input: JsonObject.parse(JSON.parse(`{"x":${json}}`)) });
// What JSON cannot carry is refused where it comes in.
const CARRIED = HOSTILE.filter(([, json]) => json !== '1e999');

describe.each(CONFIGS)('%s', (_label, type, config) => {
  test.each(CARRIED)('of %s: the turn has an end', (_what, json) => {
    const result = turn(flows(type, config), aSnapshot(), eventWith(json));
    expect(result.kind).toMatch(/^(?:done|needs)/);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

test('what cannot be measured is told as any other value of the wrong kind', () => {
  const set = flows(
    'reply',
    '{ template: { name: a, language: en, components: [{ type: body, parameters: "{{input.x}}" }] } }',
  );
  const outcomeOf = (json: string) => {
    const result = turn(set, aSnapshot(), eventWith(json));
    return result.kind === 'done' ? [result.outcome, result.failure, result.effects] : result.kind;
  };
  expect(outcomeOf(UNMEASURABLE)).toEqual(outcomeOf('{"length":3}'));
  expect(JSON.stringify(outcomeOf(UNMEASURABLE))).toContain('invalid_message');
});
