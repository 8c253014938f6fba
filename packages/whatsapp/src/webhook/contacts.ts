import { z } from 'zod';
import { PassedList } from './fields.ts';
import { inboundType } from './inbound-type.ts';

// `vcard` says once more what the card says, often with a photo inside that alone is beyond the bound.
const WithoutVcards = z.preprocess(
  (cards) => (Array.isArray(cards) ? cards.map(withoutVcard) : cards),
  PassedList,
);
const Cards = z.union([PassedList, WithoutVcards]);

/** Contact cards that a contact shared, as Meta writes them. */
export const contacts = inboundType('contacts', Cards, (cards) => ({ kind: 'contacts', contacts: cards }));

function withoutVcard(card: unknown): unknown {
  if (typeof card !== 'object' || card === null) return card;
  return Object.fromEntries(Object.entries(card).filter(([member]) => member !== 'vcard'));
}
