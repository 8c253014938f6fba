import { CONTACTS_LIMITS, CONTACTS_ROWS } from './contacts.ts';
import { BUTTON_LIMITS, BUTTON_ROWS } from './interactive/button.ts';
import { CAROUSEL_LIMITS, CAROUSEL_ROWS } from './interactive/carousel.ts';
import { CTA_LIMITS, CTA_ROWS } from './interactive/cta-url.ts';
import { FLOW_LIMITS, FLOW_ROWS } from './interactive/flow.ts';
import { FRAME_LIMITS, FRAME_ROWS } from './interactive/frame.ts';
import { LIST_LIMITS, LIST_ROWS } from './interactive/list.ts';
import { PRODUCT_LIST_LIMITS, PRODUCT_LIST_ROWS } from './interactive/product-list.ts';
import { type LimitRow } from './limit.ts';
import { LOCATION_LIMITS, LOCATION_ROWS } from './location.ts';
import { MEDIA_LIMITS, MEDIA_ROWS } from './media.ts';
import { MEDIA_SOURCE_LIMITS, MEDIA_SOURCE_ROWS } from './media-source.ts';
import { RAW_LIMITS, RAW_ROWS } from './raw.ts';
import { COMPONENT_LIMITS, COMPONENT_ROWS } from './template/component.ts';
import { PARAMETER_LIMITS, PARAMETER_ROWS } from './template/parameter.ts';
import { TEMPLATE_LIMITS, TEMPLATE_ROWS } from './template/template.ts';
import { TTL_LIMITS, TTL_ROWS } from './template/ttl.ts';
import { TEXT_LIMITS, TEXT_ROWS } from './text.ts';

/** Meta's limits on what may be sent, by name; where its pages disagree, the stricter figure. `MESSAGE_LIMITS` says what each is of. */
export const LIMITS = {
  ...TEXT_LIMITS,
  ...MEDIA_LIMITS,
  ...MEDIA_SOURCE_LIMITS,
  ...LOCATION_LIMITS,
  ...CONTACTS_LIMITS,
  ...FRAME_LIMITS,
  ...BUTTON_LIMITS,
  ...LIST_LIMITS,
  ...CTA_LIMITS,
  ...FLOW_LIMITS,
  ...PRODUCT_LIST_LIMITS,
  ...CAROUSEL_LIMITS,
  ...TEMPLATE_LIMITS,
  ...COMPONENT_LIMITS,
  ...PARAMETER_LIMITS,
  ...TTL_LIMITS,
  ...RAW_LIMITS,
} as const;

/** The same as rows of a table, kind by kind. */
export const MESSAGE_LIMITS: readonly LimitRow[] = [
  ...TEXT_ROWS,
  ...MEDIA_ROWS,
  ...MEDIA_SOURCE_ROWS,
  ...LOCATION_ROWS,
  ...CONTACTS_ROWS,
  ...FRAME_ROWS,
  ...BUTTON_ROWS,
  ...LIST_ROWS,
  ...CTA_ROWS,
  ...FLOW_ROWS,
  ...PRODUCT_LIST_ROWS,
  ...CAROUSEL_ROWS,
  ...TEMPLATE_ROWS,
  ...COMPONENT_ROWS,
  ...PARAMETER_ROWS,
  ...TTL_ROWS,
  ...RAW_ROWS,
];
