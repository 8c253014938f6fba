import { PassedList } from './fields.ts';
import { inboundType } from './inbound-type.ts';

/** Contact cards that a contact shared, as Meta writes them. */
export const contacts = inboundType('contacts', PassedList, (cards) => ({
  kind: 'contacts',
  contacts: cards,
}));
