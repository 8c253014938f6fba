import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { STRUCTURAL, text } from '../parts.ts';
import { frame, TextHeader } from './frame.ts';
import { areTitled, EACH_TITLED } from './list.ts';

export const PRODUCT_LIST_LIMITS = { productSections: 10, products: 30, productSectionTitle: 24 } as const;
export const PRODUCT_LIST_ROWS = limitRows(
  'product_list',
  'Meta, "Multi-product messages"',
  PRODUCT_LIST_LIMITS,
  {
    productSections: 'sections',
    products: 'products over all sections',
    productSectionTitle: 'characters of the title of a section; needed when there is more than one',
  },
);

const Section = z.looseObject({
  title: text(PRODUCT_LIST_LIMITS.productSectionTitle).optional(),
  product_items: z.array(z.looseObject({ product_retailer_id: z.string().min(1) })).min(1),
});

/** Products under headings: in an interactive message, and behind the button of a template. */
export const ProductSections = z
  .array(Section)
  .min(1)
  .max(PRODUCT_LIST_LIMITS.productSections)
  .refine(
    (sections) =>
      sections.flatMap(({ product_items }) => product_items).length <= PRODUCT_LIST_LIMITS.products,
    { error: `at most ${PRODUCT_LIST_LIMITS.products} products over all sections`, params: STRUCTURAL },
  )
  .refine(areTitled, EACH_TITLED);

export const ProductListInteractive = z.strictObject({
  type: z.literal('product_list'),
  header: TextHeader,
  ...frame,
  action: z.looseObject({ catalog_id: z.string().min(1), sections: ProductSections }),
});
