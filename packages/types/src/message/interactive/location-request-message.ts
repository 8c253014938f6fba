import { z } from 'zod';
import { Body } from './frame.ts';

/** Asks where the contact is; the answer is a location that quotes this message. Source: Meta, "Location request messages". */
export const LocationRequestInteractive = z.strictObject({
  type: z.literal('location_request_message'),
  body: Body,
  action: z.strictObject({ name: z.literal('send_location') }),
});
