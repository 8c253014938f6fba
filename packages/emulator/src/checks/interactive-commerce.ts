import { invalidValue } from '../graph/refusal.ts';
import {
  type Check,
  all,
  anything,
  integer,
  items,
  looseMembers,
  may,
  members,
  must,
  oneOf,
  text,
} from './check.ts';
import { titledSections } from './interactive-choices.ts';
import {
  atMost,
  body,
  countOf,
  footer,
  header,
  lengthOf,
  optionalBody,
  records,
  textHeader,
} from './interactive-frame.ts';

// Source: Meta, "Share products with customers", "Catalog messages", "Payments". Limits as they stand there.
const LIMITS = { sections: 10, products: 30, sectionTitle: 24, retailerId: 100, referenceId: 35 };

const catalogId = must(text(64));
const retailerId = must(text(LIMITS.retailerId));

export const productMessage = members({
  type: anything,
  body: optionalBody,
  footer,
  action: must(members({ catalog_id: catalogId, product_retailer_id: retailerId })),
});

const productSection = members({
  title: may(atMost('Section title', LIMITS.sectionTitle)),
  product_items: must(
    items(members({ product_retailer_id: retailerId }), (count) =>
      count >= 1 ? undefined : invalidValue('Section has no products'),
    ),
  ),
});

const productCount: Check = (value) => {
  const count = records(value).flatMap((section) => records(section['product_items'])).length;
  return count <= LIMITS.products
    ? undefined
    : invalidValue(`Total product count exceed max allowed count: ${LIMITS.products}`);
};

export const productListMessage = members({
  type: anything,
  header: must(textHeader),
  body,
  footer,
  action: must(
    members({
      catalog_id: catalogId,
      sections: must(
        all(items(productSection, countOf('sections', 1, LIMITS.sections)), productCount, titledSections),
      ),
    }),
  ),
});

export const catalogMessage = members({
  type: anything,
  body,
  footer,
  action: must(
    members({
      name: must(oneOf('catalog_message')),
      parameters: may(members({ thumbnail_product_retailer_id: may(text(LIMITS.retailerId)) })),
    }),
  ),
});

const amount = members({ value: must(integer(0)), offset: must(integer(1)), description: may(text(60)) });

const orderItem = looseMembers({
  name: must(text(60)),
  amount: must(looseMembers({ value: must(integer(0)), offset: must(integer(1)) })),
  quantity: must(integer(1)),
});

const reference = must(lengthOf('Reference id', LIMITS.referenceId));

export const orderDetailsMessage = members({
  type: anything,
  header: may(header),
  body,
  footer,
  action: must(
    members({
      name: must(oneOf('review_and_pay')),
      parameters: must(
        looseMembers({
          reference_id: reference,
          type: must(oneOf('digital-goods', 'physical-goods')),
          currency: must(text(3)),
          total_amount: must(amount),
          order: must(
            looseMembers({
              status: must(oneOf('pending')),
              items: must(items(orderItem, countOf('items', 1, 999))),
              subtotal: must(amount),
            }),
          ),
        }),
      ),
    }),
  ),
});

export const orderStatusMessage = members({
  type: anything,
  body,
  footer,
  action: must(
    members({
      name: must(oneOf('review_order')),
      parameters: must(
        looseMembers({
          reference_id: reference,
          order: must(
            looseMembers({
              status: must(
                oneOf('pending', 'processing', 'partially_shipped', 'shipped', 'completed', 'canceled'),
              ),
              description: may(text(120)),
            }),
          ),
        }),
      ),
    }),
  ),
});
