import { LIMITS } from '@alur/types';
import {
  type Check,
  all,
  anything,
  isMissing,
  isRecord,
  items,
  looseMembers,
  may,
  members,
  must,
  oneOf,
  text,
  webAddress,
} from './check.ts';
import { mediaSource } from './check-media.ts';
import { type Refusal, invalidValue } from './refusal.ts';

const lengthOf = (part: string, max: number) =>
  text(max, () => invalidValue(`${part} length invalid. Min length: 1, Max length: ${max}`));
const atMost = (part: string, max: number) =>
  text(max, () => invalidValue(`${part} is too long. Max length is ${max}`));

const textHeader = members({
  type: must(oneOf('text')),
  text: must(lengthOf('Header text', LIMITS.headerText)),
});
const mediaHeader = members({
  type: must(oneOf('text', 'image', 'video', 'document')),
  image: may(mediaSource),
  video: may(mediaSource),
  document: may(mediaSource),
});
const header: Check = (value, path) => {
  if (!isRecord(value) || value['type'] === 'text') return textHeader(value, path);
  const wrong = mediaHeader(value, path);
  if (wrong) return wrong;
  const type = String(value['type']);
  return must(anything)(value[type], `${path}['${type}']`);
};

const frame = {
  type: anything,
  body: must(members({ text: must(lengthOf('Body text', LIMITS.interactiveBody)) })),
  footer: may(members({ text: must(lengthOf('Footer text', LIMITS.footerText)) })),
};

/** Refuses when two of the values are the same. */
function unique(values: unknown[], what: string): Refusal | undefined {
  return new Set(values).size === values.length ? undefined : invalidValue(`${what} must be unique`);
}

const noOuterSpace: Check = (value) =>
  typeof value === 'string' && value.trim() !== value
    ? invalidValue('Button id cannot have leading or trailing spaces')
    : undefined;

const replyButton = members({
  type: must(oneOf('reply')),
  reply: must(
    members({
      id: must(all(lengthOf('Button id', LIMITS.buttonId), noOuterSpace)),
      title: must(lengthOf('Button title', LIMITS.buttonTitle)),
    }),
  ),
});

const buttonCount = (count: number) =>
  count >= 1 && count <= LIMITS.buttons
    ? undefined
    : invalidValue(`Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: ${LIMITS.buttons}`);

const differentButtons: Check = (value) => {
  const replies = records(value).map((button) => button['reply']);
  const pick = (key: string) => records(replies).map((reply) => reply[key]);
  return unique(pick('id'), 'Button ids') ?? unique(pick('title'), 'Button titles');
};

const row = members({
  id: must(atMost('Row id', LIMITS.rowId)),
  title: must(atMost('Row title', LIMITS.rowTitle)),
  description: may(atMost('Row description', LIMITS.rowDescription)),
});

const section = members({
  title: may(atMost('Section title', LIMITS.sectionTitle)),
  rows: must(items(row, (count) => (count >= 1 ? undefined : invalidValue('Section has no rows')))),
});

const sectionCount = (count: number) =>
  count >= 1 && count <= LIMITS.sections
    ? undefined
    : invalidValue(
        `Invalid sections count. Min allowed sections: 1, Max allowed sections: ${LIMITS.sections}`,
      );

const wholeList: Check = (value) => {
  const sections = records(value);
  const rows = sections.flatMap((entry) => records(entry['rows']));
  if (rows.length > LIMITS.rows) {
    return invalidValue(`Total row count exceed max allowed count: ${LIMITS.rows}`);
  }
  if (sections.length > 1 && sections.some((entry) => isMissing(entry['title']))) {
    return invalidValue('Section title is required when there is more than one section');
  }
  return unique(
    rows.map((entry) => entry['id']),
    'Row ids',
  );
};

const FORMS: Record<string, Check> = {
  button: members({
    ...frame,
    header: may(header),
    action: must(members({ buttons: must(all(items(replyButton, buttonCount), differentButtons)) })),
  }),
  list: members({
    ...frame,
    header: may(textHeader),
    action: must(
      members({
        button: must(atMost('Button label', LIMITS.listButton)),
        sections: must(all(items(section, sectionCount), wholeList)),
      }),
    ),
  }),
  cta_url: members({
    ...frame,
    header: may(header),
    action: must(
      members({
        name: must(oneOf('cta_url')),
        parameters: must(
          members({
            display_text: must(lengthOf('Button text', LIMITS.ctaText)),
            url: must(all(webAddress, text(LIMITS.url))),
          }),
        ),
      }),
    ),
  }),
  location_request_message: members({
    type: anything,
    body: frame.body,
    action: must(members({ name: must(oneOf('send_location')) })),
  }),
};

const framed = looseMembers({ action: must(looseMembers({})) });
const OTHER_TYPES = [
  'flow',
  'product',
  'product_list',
  'catalog_message',
  'address_message',
  'carousel',
  'request_contact_info',
];
const type = must(oneOf(...Object.keys(FORMS), ...OTHER_TYPES));

/** The `interactive` object: its kind, then that kind's members and limits; the rarer kinds by their frame only. */
export const interactive: Check = (value, path) => {
  const kind = isRecord(value) ? value['type'] : undefined;
  const wrongType = isRecord(value) ? type(kind, `${path}['type']`) : undefined;
  if (wrongType) return wrongType;
  const form = typeof kind === 'string' ? FORMS[kind] : undefined;
  return (form ?? framed)(value, path);
};

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
