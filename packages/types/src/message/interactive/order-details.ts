import { z } from 'zod';
import { JsonObject } from '../../json.ts';
import { frame, Header } from './frame.ts';

/** Asks for a payment. What an order holds differs by country and is Meta's to check. Source: Meta, "Payments API". */
export const OrderDetailsInteractive = z.strictObject({
  type: z.literal('order_details'),
  header: Header.optional(),
  ...frame,
  action: z.strictObject({ name: z.literal('review_and_pay'), parameters: JsonObject }),
});
