import { z } from 'zod';
import { frame } from './frame.ts';

/** The whole catalogue, with the picture of one product. Source: Meta, "Catalog messages". */
export const CatalogInteractive = z.strictObject({
  type: z.literal('catalog_message'),
  ...frame,
  action: z.strictObject({
    name: z.literal('catalog_message'),
    parameters: z.looseObject({ thumbnail_product_retailer_id: z.string().min(1).optional() }).optional(),
  }),
});
