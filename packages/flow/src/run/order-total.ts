import { type Json, type JsonObject, readAs } from '@alur/types';
import { z } from 'zod';

// Meta's prices are numbers, some with decimals; the sum has no more of them than any currency has.
const DECIMALS_SCALE = 1_000;

const Item = z.object({ quantity: z.number(), item_price: z.number(), currency: z.string().min(1) });
const Items = z.array(Item).min(1);

/**
 * An order with what it comes to: `total` and `currency`, both null when an item has no price or not all are in one currency.
 * What Meta itself says under these names counts before ours.
 */
export function withTotal(order: JsonObject): JsonObject {
  return { ...totalOf(order['product_items']), ...order };
}

function totalOf(list: Json | undefined): { total: number | null; currency: string | null } {
  const items = readAs(Items, list).data ?? [];
  const [currency = null, ...others] = new Set(items.map((item) => item.currency));
  const sum = items.reduce((total, { quantity, item_price: price }) => total + quantity * price, 0);
  const total = Math.round(sum * DECIMALS_SCALE) / DECIMALS_SCALE;
  if (currency === null || others.length > 0 || !Number.isFinite(total))
    return { total: null, currency: null };
  return { total, currency };
}
