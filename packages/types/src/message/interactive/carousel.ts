import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { isUnique, STRUCTURAL, text } from '../parts.ts';
import { Reply } from './button.ts';
import { CtaUrlAction } from './cta-url.ts';
import { Body, ImageHeader, VideoHeader } from './frame.ts';

export const CAROUSEL_LIMITS = { cards: 10, cardsMin: 2, cardBody: 160 } as const;
export const CAROUSEL_ROWS = limitRows(
  'carousel',
  'Meta, "Interactive media carousel messages"',
  CAROUSEL_LIMITS,
  { cards: 'cards', cardsMin: 'cards, at least', cardBody: 'characters of the body of a card' },
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

const Card = z.discriminatedUnion('type', [
  z.strictObject({ ...framed, type: z.literal('cta_url'), action: CtaUrlAction }),
  z.strictObject({
    ...framed,
    type: z.literal('button'),
    action: z.strictObject({
      buttons: z.array(z.strictObject({ type: z.literal('quick_reply'), quick_reply: Reply })).min(1),
    }),
  }),
  z.strictObject({
    card_index: framed.card_index,
    type: z.literal('product'),
    action: z.looseObject({ catalog_id: z.string().min(1), product_retailer_id: z.string().min(1) }),
  }),
]);
type Card = z.infer<typeof Card>;

/** What must be the same on every card. */
const layoutOf = (card: Card) => (card.type === 'button' ? card.action.buttons.length : card.type);
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
