import { loadFlows } from '@alur/flow';
import type { ReadyEntry } from '@alur/store';
import { ConversationId, EMPTY_SESSION, type TemplateDefinition } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { aNumber } from '../../../test/support/bundle.ts';
import { textEvent } from '../../../test/support/events.ts';
import { replyFlow } from '../../../test/support/flows.ts';
import { takeTurn, type TurnInput } from './take-turn.ts';

const template = (name: string, language: string, category: string): TemplateDefinition => ({
  id: '1',
  name,
  language,
  status: 'APPROVED',
  category,
  components: [{ type: 'BODY', text: 'Thank you.' }],
});
const TEMPLATES = [
  template('thanks', 'id', 'MARKETING'),
  template('thanks', 'en', 'UTILITY'),
  template('sale', 'en', 'MARKETING'),
];

function messagesOf(config: string, templates: TurnInput['templates']) {
  const flow = replyFlow('x').replace('{message: "x"}', config);
  const { flows, findings } = loadFlows([{ path: 'say.ygtc', text: flow }]);
  if (!flows) throw new Error(JSON.stringify(findings));
  const entry: ReadyEntry = {
    id: '1-1',
    shard: 0,
    cid: ConversationId.parse('c'.repeat(32)),
    recovered: false,
  };
  const event = textEvent({ wamid: 'w', waId: '15550001', at: 1_767_603_600 });
  const loaded = {
    item: { evt: event.evt, json: JSON.stringify(event) },
    version: 1,
    session: EMPTY_SESSION,
    contact: { tags: [] },
    lastMessageTime: 0,
    lost: 0,
    journal: {},
    optedOut: undefined,
  };
  const number = aNumber('100200300');
  const optOut = { words: { stop: [], start: [] } };
  const taken = takeTurn(
    { entry, loaded, event, flows, endRemoved: false, number, templates, optOut, tierRemaining: undefined },
    {},
  );
  if (taken.kind !== 'taken') throw new Error('the turn wants an answer');
  return taken.commit.messages.map(({ category, outsideCategory }) => [category, outsideCategory]);
}

describe('takeTurn()', () => {
  const thanks = '{template: {name: thanks, language: en}}';
  test.each<[string, string, TurnInput['templates'], unknown[]]>([
    ['a template by name and language', thanks, TEMPLATES, [['UTILITY', undefined]]],
    [
      'a raw template',
      '{raw: {type: template, template: {name: sale, language: {code: en}}}}',
      TEMPLATES,
      [['MARKETING', undefined]],
    ],
    [
      'the template for a closed window',
      `{message: hi, outside_window: ${thanks}}`,
      TEMPLATES,
      [[undefined, 'UTILITY']],
    ],
    ['nothing where none were pulled', thanks, undefined, [[undefined, undefined]]],
    [
      'nothing for a template that is not there, which does not go',
      '{template: {name: other, language: en}}',
      TEMPLATES,
      [],
    ],
  ])('passes on the category of %s', (_, config, templates, expected) => {
    expect(messagesOf(config, templates)).toEqual(expected);
  });
});
