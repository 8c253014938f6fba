import { CHOICES, FORMS } from './choice-payloads.ts';
import { type InboundPayload } from './inbound-payload.ts';
import { MEDIA } from './media-payloads.ts';
import { TEXTS } from './text-payloads.ts';
import { ABOUT_MESSAGES, THINGS, UNSUPPORTED } from './thing-payloads.ts';

export { ACCOUNT_PAYLOADS } from './account-payloads.ts';

/** Every kind of message that a contact may send. */
export const INBOUND_PAYLOADS: readonly InboundPayload[] = [
  ...TEXTS,
  ...MEDIA,
  ...CHOICES,
  ...FORMS,
  ...THINGS,
  ...ABOUT_MESSAGES,
  ...UNSUPPORTED,
];
