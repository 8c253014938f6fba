import { type TemplateDefinition } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { turn } from '../index.ts';
import { aSnapshot, flowOf, loaded, textEvent } from '../testing/conversation.ts';

const shared = { id: '1', language: 'en', status: 'REJECTED', category: 'UTILITY' };
const TEMPLATES: TemplateDefinition[] = [
  { ...shared, name: 'thanks', components: [{ type: 'BODY', text: 'Thank you, {{1}}.' }] },
];

function said(config: string, templates: TemplateDefinition[] | undefined) {
  const flows = loaded([
    flowOf(`
- id: say
  type: reply
  config: ${config}
  on_error: sorry
- id: sorry
  type: reply
  config: {location: {latitude: 1, longitude: 2}}
`),
  ]);
  const result = turn(flows, aSnapshot(), textEvent('thanks'), { templates });
  if (result.kind !== 'done') throw new Error('the turn wants an answer');
  return result.effects.map((effect) => (effect.kind === 'message' ? effect.message.kind : effect.kind));
}

const template = (name: string, parameters: string) =>
  `{template: {name: "${name}", language: en, components: [{type: body, parameters: ${parameters}}]}}`;
const ONE = '[{type: text, text: "Sari"}]';
const TWO = '[{type: text, text: "a"}, {type: text, text: "b"}]';

describe('turn() and pulled templates', () => {
  test.each([
    ['a fixed send that fits', template('thanks', ONE), ['template']],
    ['a computed name that fits', template('{{message}}', ONE), ['template']],
    ['a fixed send that does not fit', template('thanks', TWO), ['location']],
    ['a computed name that is not there', template('x{{message}}', ONE), ['location']],
    [
      'the template for a closed window',
      `{message: hi, outside_window: ${template('thanks', TWO)}}`,
      ['location'],
    ],
    ['a raw template', `{raw: {type: template, ${template('thanks', TWO).slice(1)}}`, ['location']],
    ['a time to live', template('thanks', ONE).replace(/}$/, ', ttl: 604800}'), ['location']],
    ['no template', '{message: hi}', ['text']],
  ])('takes %s as it should', (_, config, kinds) => {
    expect(said(config, TEMPLATES)).toEqual(kinds);
  });

  test('says nothing where no templates were pulled', () => {
    expect(said(template('thanks', TWO), undefined)).toEqual(['template']);
  });

  test('names the fault, and quotes nothing that the contact wrote', () => {
    const flows = loaded([flowOf(`- {id: say, type: reply, config: ${template('{{message}}', TWO)}}`)]);
    const failureOf = (text: string) => {
      const result = turn(flows, aSnapshot(), textEvent(text), { templates: TEMPLATES });
      return result.kind === 'done' ? result.failure : undefined;
    };
    expect(failureOf('thanks')).toMatchObject({
      code: 'invalid_message',
      message:
        'Flow "test" stopped at node "say": WhatsApp would refuse the message: The body of this template takes 1 parameter, and the send has 2 (at template.components.0.parameters): it takes {{1}}',
    });
    expect(JSON.stringify(failureOf('my_secret'))).not.toContain('my_secret');
  });
});
