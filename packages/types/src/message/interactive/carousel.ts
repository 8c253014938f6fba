import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { isUnique, STRUCTURAL, text } from '../parts.ts';
import { Reply } from './button.ts';
import { CtaUrlAction } from './cta-url.ts';
import { Body, ImageHeader, VideoHeader } from './frame.ts';

export const CAROUSEL_LIMITS = { cards: 10, cardsMin: 2, cardBody: 160, cardButtons: 2 } as const;
export const CAROUSEL_ROWS = limitRows(
  'carousel',
  'Meta, "Interactive media carousel messages"',
  CAROUSEL_LIMITS,
  {
    cards: 'cards',
    cardsMin: 'cards, at least',
    cardBody: 'characters of the body of a card',
    cardButtons: 'quick replies on a card',
  },
);

const framed = {
  card_index: z
    .number()
    .int()
    .min(0)
    .max(CAROUSEL_LIMITS.cards - 1),
  header: z.discriminatedUnion('type', [ImageHeader, VideoHeader]),
  body: z.strictObject({ text: text(CAROUSEL_LIMITS.cardBody) }).optional(),
};

const Replies = z
  .array(z.strictObject({ type: z.literal('quick_reply'), quick_reply: Reply }))
  .min(1)
  .max(CAROUSEL_LIMITS.cardButtons);

const LinkOrReplies = z
  .strictObject({
    name: CtaUrlAction.shape.name.optional(),
    parameters: CtaUrlAction.shape.parameters.optional(),
    buttons: Replies.optional(),
  })
  .refine(
    ({ name, parameters, buttons }) =>
      (name !== undefined) === (parameters !== undefined) && (name !== undefined) !== (buttons !== undefined),
    { error: 'a card has a link (`name` and `parameters`) or `buttons`', params: STRUCTURAL },
  );

const Card = z.discriminatedUnion('type', [
  // Meta calls every card with a picture or video so, those with quick replies too; some providers call those `button`.
  z.strictObject({ ...framed, type: z.literal('cta_url'), action: LinkOrReplies }),
  z.strictObject({ ...framed, type: z.literal('button'), action: z.strictObject({ buttons: Replies }) }),
  z.strictObject({
    card_index: framed.card_index,
    type: z.literal('product'),
    action: z.looseObject({ catalog_id: z.string().min(1), product_retailer_id: z.string().min(1) }),
  }),
]);
type Card = z.infer<typeof Card>;

/** What must be the same on every card. */
const layoutOf = (card: Card) =>
  card.type === 'product' ? card.type : (card.action.buttons?.length ?? 'link');
const headerOf = (card: Card) => (card.type === 'product' ? 'none' : card.header.type);

const areAlike = (cards: readonly Card[], of: (card: Card) => unknown) => new Set(cards.map(of)).size <= 1;

export const CarouselInteractive = z.strictObject({
  type: z.literal('carousel'),
  body: Body,
  action: z.strictObject({
    cards: z
      .array(Card)
      .min(CAROUSEL_LIMITS.cardsMin)
      .max(CAROUSEL_LIMITS.cards)
      .refine((cards) => isUnique(cards, ({ card_index }) => card_index), {
        error: 'each card needs a `card_index` of its own',
      })
      .refine((cards) => areAlike(cards, headerOf), {
        error: 'all cards need the same type of header',
        params: STRUCTURAL,
      })
      .refine((cards) => areAlike(cards, layoutOf), {
        error: 'all cards need the same kind and number of buttons',
        params: STRUCTURAL,
      }),
  }),
});
