import { LIMITS } from '@alur/types';
import { invalidValue } from '../graph/refusal.ts';
import {
  type Check,
  all,
  anything,
  isMissing,
  items,
  may,
  members,
  must,
  oneOf,
  text,
  webAddress,
} from './check.ts';
import {
  atMost,
  body,
  countOf,
  footer,
  header,
  lengthOf,
  records,
  textHeader,
  unique,
} from './interactive-frame.ts';

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

const differentButtons: Check = (value) => {
  const replies = records(value).map((button) => button['reply']);
  const pick = (key: string) => records(replies).map((reply) => reply[key]);
  return unique(pick('id'), 'Button ids') ?? unique(pick('title'), 'Button titles');
};

/** One to so many reply buttons, all different. */
export const replyButtons = (max: number) =>
  must(all(items(replyButton, countOf('buttons', 1, max)), differentButtons));

export const buttonMessage = members({
  type: anything,
  header: may(header),
  body,
  footer,
  action: must(members({ buttons: replyButtons(LIMITS.buttons) })),
});

const row = members({
  id: must(atMost('Row id', LIMITS.rowId)),
  title: must(atMost('Row title', LIMITS.rowTitle)),
  description: may(atMost('Row description', LIMITS.rowDescription)),
});

const section = members({
  title: may(atMost('Section title', LIMITS.sectionTitle)),
  rows: must(items(row, (count) => (count >= 1 ? undefined : invalidValue('Section has no rows')))),
});

const wholeList: Check = (value) => {
  const sections = records(value);
  const rows = sections.flatMap((entry) => records(entry['rows']));
  if (rows.length > LIMITS.rows) {
    return invalidValue(`Total row count exceed max allowed count: ${LIMITS.rows}`);
  }
  return (
    titledSections(value, '') ??
    unique(
      rows.map((entry) => entry['id']),
      'Row ids',
    )
  );
};

/** Several sections need titles that tell them apart. */
export const titledSections: Check = (value) => {
  const sections = records(value);
  return sections.length > 1 && sections.some((entry) => isMissing(entry['title']))
    ? invalidValue('Section title is required when there is more than one section')
    : undefined;
};

export const listMessage = members({
  type: anything,
  header: may(textHeader),
  body,
  footer,
  action: must(
    members({
      button: must(atMost('Button label', LIMITS.listButton)),
      sections: must(all(items(section, countOf('sections', 1, LIMITS.sections)), wholeList)),
    }),
  ),
});

/** The action of a link button, alone or on a card. */
export const linkAction = must(
  members({
    name: must(oneOf('cta_url')),
    parameters: must(
      members({
        display_text: must(lengthOf('Button text', LIMITS.ctaText)),
        url: must(all(webAddress, text(LIMITS.url))),
      }),
    ),
  }),
);

export const linkMessage = members({ type: anything, header: may(header), body, footer, action: linkAction });
