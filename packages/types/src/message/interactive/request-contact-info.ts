import { z } from 'zod';
import { frame } from './frame.ts';

/** Asks for the contact's phone number. Source: Meta, "Request contact information". */
export const RequestContactInfoInteractive = z.strictObject({
  type: z.literal('request_contact_info'),
  ...frame,
  action: z.strictObject({ name: z.literal('request_contact_info') }),
});
