import { invalidValue } from '../graph/refusal.ts';
import {
  type Check,
  all,
  anything,
  integer,
  isRecord,
  items,
  may,
  members,
  must,
  oneOf,
  text,
} from './check.ts';
import { linkAction, replyButtons } from './interactive-choices.ts';
import { body, countOf, header, lengthOf, records } from './interactive-frame.ts';

// Source: Meta, "Interactive media carousel messages" and "product carousel messages".
const CARDS = { min: 2, max: 10, body: 160, buttons: 2 };

const cardBody = may(members({ text: must(lengthOf('Card body text', CARDS.body)) }));

const mediaOnly: Check = (value, path) => {
  const wrong = header(value, path);
  if (wrong) return wrong;
  return isRecord(value) && (value['type'] === 'image' || value['type'] === 'video')
    ? undefined
    : invalidValue('Card header must be an image or a video');
};

const cardIndex = must(integer(0, CARDS.max - 1));

const quickReply = members({
  type: must(oneOf('quick_reply')),
  quick_reply: must(
    members({ id: must(lengthOf('Button id', 256)), title: must(lengthOf('Button title', 20)) }),
  ),
});

const replyAction: Check = (value, path) => {
  const [first] = isRecord(value) ? records(value['buttons']) : [];
  const buttons =
    first?.['type'] === 'quick_reply'
      ? must(items(quickReply, countOf('buttons', 1, CARDS.buttons)))
      : replyButtons(CARDS.buttons);
  return must(members({ buttons }))(value, path);
};

// Meta calls every card with a picture or video `cta_url`, those with quick replies too.
const linkOrReplies: Check = (value, path) =>
  isRecord(value) && value['buttons'] !== undefined ? replyAction(value, path) : linkAction(value, path);

const mediaCard = members({
  card_index: cardIndex,
  type: must(oneOf('cta_url')),
  header: must(mediaOnly),
  body: cardBody,
  action: linkOrReplies,
});

const replyCard = members({
  card_index: cardIndex,
  type: must(oneOf('button')),
  header: must(mediaOnly),
  body: cardBody,
  action: must(replyAction),
});

const productCard = members({
  card_index: cardIndex,
  type: must(oneOf('product')),
  action: must(members({ catalog_id: must(text(64)), product_retailer_id: must(text(100)) })),
});

const FORMS: Record<string, Check> = { cta_url: mediaCard, button: replyCard, product: productCard };

const card: Check = (value, path) => {
  const type = isRecord(value) ? value['type'] : undefined;
  const wrong = isRecord(value) ? must(oneOf(...Object.keys(FORMS)))(type, `${path}['type']`) : undefined;
  const form = typeof type === 'string' ? FORMS[type] : undefined;
  return wrong ?? (form ?? mediaCard)(value, path);
};

/** Cards are numbered from 0 without a gap, and look alike. */
const alike: Check = (value) => {
  const cards = records(value);
  if (cards.some((entry, index) => Number(entry['card_index']) !== index)) {
    return invalidValue('Card indexes must count from 0 without a gap');
  }
  const layouts = new Set(cards.map(layoutOf));
  return layouts.size <= 1 ? undefined : invalidValue('All cards must have the same header and buttons');
};

function layoutOf(entry: Record<string, unknown>): string {
  const [head, action] = [entry['header'], entry['action']];
  const buttons = isRecord(action) ? records(action['buttons']).map((button) => String(button['type'])) : [];
  return [entry['type'], isRecord(head) ? head['type'] : '', ...buttons].map(String).join(' ');
}

export const carouselMessage = members({
  type: anything,
  body,
  action: must(members({ cards: must(all(items(card, countOf('cards', CARDS.min, CARDS.max)), alike)) })),
});
