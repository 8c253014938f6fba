import { must, oneOf } from '../checks/check.ts';
import { type Refusal } from './refusal.ts';

const product = must(oneOf('whatsapp'));

/** Refuses a call that does not say `messaging_product: whatsapp`, where Meta asks for it. */
export function checkProduct(value: unknown): Refusal | undefined {
  return product(value, 'messaging_product');
}
