import { z } from 'zod';
import { limitRows } from './limit.ts';
import { STRUCTURAL } from './parts.ts';

/** Meta's newer description says 5 contacts, its older one 257: more than the first is doubtful, more than the second refused. */
export const CONTACTS_LIMITS = { contacts: 257, contactsSafe: 5 } as const;
export const CONTACTS_ROWS = limitRows('contacts', 'Meta, "Contacts messages"', CONTACTS_LIMITS, {
  contacts: 'contacts of a message',
  contactsSafe: 'contacts of a message, without a warning',
});

const NAME_PARTS = ['first_name', 'last_name', 'middle_name', 'suffix', 'prefix'] as const;

const partsOf = (name: Readonly<Record<string, unknown>>) =>
  NAME_PARTS.map((part) => name[part]).filter((part) => part !== undefined);
const ONE_MORE = 'a contact needs one more part of the name beside `formatted_name`, such as `first_name`';

const Name = z
  .looseObject({ formatted_name: z.string().min(1) })
  .refine((name) => partsOf(name).length > 0, { error: ONE_MORE, params: STRUCTURAL })
  .refine((name) => partsOf(name).length === 0 || partsOf(name).some((part) => part !== ''), {
    error: ONE_MORE,
  });

const Contact = z.looseObject({
  name: Name,
  birthday: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'write a day as YYYY-MM-DD')
    .optional(),
  phones: z.array(z.looseObject({ phone: z.string().optional(), wa_id: z.string().optional() })).optional(),
  emails: z.array(z.looseObject({ email: z.string().optional() })).optional(),
  urls: z.array(z.looseObject({ url: z.string().optional() })).optional(),
  addresses: z.array(z.looseObject({})).optional(),
  org: z.looseObject({}).optional(),
});

export const ContactsMessage = z.strictObject({
  kind: z.literal('contacts'),
  contacts: z.array(Contact).min(1).max(CONTACTS_LIMITS.contacts),
});
