import { z } from 'zod';
import { AddressInteractive } from './address-message.ts';
import { ButtonInteractive } from './button.ts';
import { CallPermissionInteractive } from './call-permission-request.ts';
import { CarouselInteractive } from './carousel.ts';
import { CatalogInteractive } from './catalog-message.ts';
import { CtaUrlInteractive } from './cta-url.ts';
import { FlowInteractive } from './flow.ts';
import { ListInteractive } from './list.ts';
import { LocationRequestInteractive } from './location-request-message.ts';
import { OrderDetailsInteractive } from './order-details.ts';
import { OrderStatusInteractive } from './order-status.ts';
import { ProductInteractive } from './product.ts';
import { ProductListInteractive } from './product-list.ts';
import { RequestContactInfoInteractive } from './request-contact-info.ts';
import { VoiceCallInteractive } from './voice-call.ts';

/** Meta's own object, by `type`; one that Meta adds later goes out as a raw message. */
export const Interactive = z.discriminatedUnion('type', [
  ButtonInteractive,
  ListInteractive,
  CtaUrlInteractive,
  LocationRequestInteractive,
  FlowInteractive,
  ProductInteractive,
  ProductListInteractive,
  CatalogInteractive,
  AddressInteractive,
  CarouselInteractive,
  RequestContactInfoInteractive,
  CallPermissionInteractive,
  VoiceCallInteractive,
  OrderDetailsInteractive,
  OrderStatusInteractive,
]);
export type Interactive = z.infer<typeof Interactive>;

export const InteractiveMessage = z.strictObject({
  kind: z.literal('interactive'),
  interactive: Interactive,
});
