import { z } from 'zod';
import { Body, Footer } from './frame.ts';

/** One product of the catalogue. Source: Meta, "Single-product messages". */
export const ProductInteractive = z.strictObject({
  type: z.literal('product'),
  body: Body.optional(),
  footer: Footer.optional(),
  action: z.looseObject({
    catalog_id: z.string().min(1),
    product_retailer_id: z.string().min(1),
  }),
});
