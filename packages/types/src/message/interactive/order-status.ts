import { z } from 'zod';
import { JsonObject } from '../../json.ts';
import { frame, Header } from './frame.ts';

/** Says how far an order is. Source: Meta, "Payments API". */
export const OrderStatusInteractive = z.strictObject({
  type: z.literal('order_status'),
  header: Header.optional(),
  ...frame,
  action: z.strictObject({ name: z.literal('review_order'), parameters: JsonObject }),
});
