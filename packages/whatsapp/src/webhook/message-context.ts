import { type Json } from '@alur/types';
import { readUserId } from './contact-ids.ts';
import { OptionalText, isObject, readDisplayNumber, readWamid } from './fields.ts';
import { type InboundDraft } from './item.ts';

type MessageContext = NonNullable<InboundDraft['context']>;

/**
 * What a message answers, was forwarded from or asks about. `displayNumber` is the business's own number, which tells
 * whether it wrote the message that is answered.
 */
export function readContext(
  context: Json | undefined,
  displayNumber: string | undefined,
): MessageContext | undefined {
  if (!isObject(context)) return undefined;
  const often = context['frequently_forwarded'] === true;
  const read: MessageContext = {
    wamid: readWamid(context['id']),
    fromMe: isSameNumber(context['from'], displayNumber),
    // Meta sets one of the two; the higher step is a forwarded message as well.
    forwarded: often || context['forwarded'] === true || undefined,
    frequentlyForwarded: often || undefined,
    product: readProduct(context['referred_product']),
  };
  return Object.values(read).every((member) => member === undefined) ? undefined : read;
}

function isSameNumber(from: Json | undefined, displayNumber: string | undefined): boolean | undefined {
  // A contact without a number of its own is not the business.
  if (readUserId(from) !== undefined) return false;
  const number = readDisplayNumber(from);
  return number === undefined || displayNumber === undefined ? undefined : number === displayNumber;
}

function readProduct(product: Json | undefined): MessageContext['product'] {
  if (!isObject(product)) return undefined;
  const catalogId = OptionalText.parse(product['catalog_id']);
  const retailerId = OptionalText.parse(product['product_retailer_id']);
  return catalogId === undefined && retailerId === undefined ? undefined : { catalogId, retailerId };
}
