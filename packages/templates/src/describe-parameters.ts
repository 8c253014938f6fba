import { type TemplateDefinition } from '@alur/types';
import { definedParts, isNamed, variablesOf, wordOf, type DefinedParts } from './definition-parts.ts';

/** What a send of this template has to bring, in a line: `body: 2, header: image, buttons: url`. Empty when it is nothing. */
export function describeParameters(definition: TemplateDefinition): string {
  const parts = definedParts(definition.components);
  const { cards, offer } = parts;
  const inCards = cards?.[0] ? describeParts(cards[0], isNamed(definition)) : [];
  return [
    ...describeParts(parts, isNamed(definition)),
    ...(offer?.ends === true ? ['offer: end'] : []),
    ...(cards ? [`cards: ${cards.length}${inCards.length > 0 ? ` (${inCards.join(', ')})` : ''}`] : []),
  ].join(', ');
}

function describeParts({ body, header, buttons }: DefinedParts, named: boolean): string[] {
  const inBody = variablesOf(body?.text);
  const format = header && wordOf(header.format ?? 'text');
  const inHeader = format === 'text' ? variablesOf(header?.text).length > 0 : format !== undefined;
  const kinds = buttons.flatMap((button) => {
    const type = wordOf(button['type']);
    if (type === 'url') return variablesOf(button['url']).length > 0 ? ['url'] : [];
    return type === 'phone_number' ? [] : [type];
  });
  return [
    ...(inBody.length > 0 ? [`body: ${named ? inBody.join(' ') : inBody.length}`] : []),
    ...(inHeader && format !== undefined ? [`header: ${format}`] : []),
    ...(kinds.length > 0 ? [`buttons: ${kinds.join(' ')}`] : []),
  ];
}
