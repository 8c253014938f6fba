import {
  type Comparison,
  type DefinitionFault,
  type Fields,
  isRecord,
  type SentPart,
} from './definition-fault.ts';
import { type DefinedParts } from './definition-parts.ts';

export type CompareParts = (
  defined: DefinedParts,
  components: unknown,
  path: DefinitionFault['path'],
) => DefinitionFault[];

/** A send's carousel against the template's: as many cards, each by its index. */
export function compareCards(
  cards: readonly DefinedParts[] | undefined,
  part: SentPart | undefined,
  compareParts: CompareParts,
  { isComputed }: Comparison,
): DefinitionFault[] {
  if (!cards) return part ? [fault(part.path, 'This template has no carousel', 'leave it out')] : [];
  if (!part) {
    const message = `This template is a carousel of ${cards.length} cards, and the send has none`;
    return [fault([], message, 'add a component of type `carousel` with `cards`')];
  }
  const sent = part.fields['cards'];
  const path = [...part.path, 'cards'];
  if (!Array.isArray(sent) || isComputed(sent) || sent.some(isComputed)) return [];
  const items: Fields[] = sent.filter(isRecord);
  const inside = (isComplete: boolean) =>
    items.flatMap((card, place): DefinitionFault[] => {
      const index = card['card_index'];
      if (index === undefined || isComputed(index)) return [];
      const defined = cards[Number(index)];
      if (defined) return compareParts(defined, card['components'], [...path, place, 'components']);
      if (!isComplete) return [];
      const message = 'This template has no card at this index';
      return [fault([...path, place, 'card_index'], message, `its cards are 0 to ${cards.length - 1}`)];
    });
  if (items.length === cards.length) return [...twice(items, path, isComputed), ...inside(true)];
  const message = `This template has ${cards.length} cards, and the send has ${items.length}`;
  return [fault(path, message), ...twice(items, path, isComputed), ...inside(false)];
}

function fault(path: DefinitionFault['path'], message: string, fix?: string): DefinitionFault {
  return { code: 'E309', path, message, fix };
}

function twice(
  items: readonly Fields[],
  path: DefinitionFault['path'],
  isComputed: Comparison['isComputed'],
): DefinitionFault[] {
  const indexes = items.map((card) => card['card_index']);
  return indexes.flatMap((index, place): DefinitionFault[] => {
    const isFirst = indexes.findIndex((each) => String(each) === String(index)) === place;
    if (index === undefined || isComputed(index) || isFirst) return [];
    return [{ code: 'E309', path: [...path, place, 'card_index'], message: 'Two cards have the same index' }];
  });
}
