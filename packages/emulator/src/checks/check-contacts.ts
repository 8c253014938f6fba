import { LIMITS } from '@alur/types';
import { invalidValue } from '../graph/refusal.ts';
import { type Check, all, isMissing, isRecord, items, may, members, must, text } from './check.ts';

const word = may(text(1_024));

const NAME_PARTS = ['first_name', 'last_name', 'middle_name', 'suffix', 'prefix'];

const nameForm = members({
  formatted_name: must(text(1_024)),
  ...Object.fromEntries(NAME_PARTS.map((part) => [part, word])),
});

const oneMorePart: Check = (value, path) =>
  isRecord(value) && NAME_PARTS.some((part) => !isMissing(value[part]))
    ? undefined
    : invalidValue(`${path} needs one more name part beside formatted_name, such as first_name`);

const birthday: Check = (value, path) => {
  const [year, month, day] = typeof value === 'string' ? value.split('-').map(Number) : [];
  const date = new Date(Date.UTC(year ?? Number.NaN, (month ?? 0) - 1, day));
  const isDate = !Number.isNaN(date.valueOf()) && date.toISOString().slice(0, 10) === value;
  return isDate ? undefined : invalidValue(`${path} must be a date as YYYY-MM-DD`);
};

const list = (shape: Record<string, Check>) => may(items(members(shape)));

const contact = members({
  name: must(all(nameForm, oneMorePart)),
  birthday: may(birthday),
  addresses: list({
    street: word,
    city: word,
    state: word,
    zip: word,
    country: word,
    country_code: word,
    type: word,
  }),
  emails: list({ email: word, type: word }),
  org: may(members({ company: word, department: word, title: word })),
  phones: list({ phone: word, wa_id: word, type: word }),
  urls: list({ url: word, type: word }),
});

const count = (given: number) =>
  given >= 1 && given <= LIMITS.contacts
    ? undefined
    : invalidValue(
        `Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: ${LIMITS.contacts}`,
      );

/** The `contacts` array. Source: Meta, "Contacts messages". */
export const contacts: Check = items(contact, count);
