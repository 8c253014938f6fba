import { z } from 'zod';
import { JsonObject } from '../../json.ts';
import { frame, TextHeader } from './frame.ts';

/** Asks for an address, of numbers in India and Singapore. Source: Meta, "Address messages". */
export const AddressInteractive = z.strictObject({
  type: z.literal('address_message'),
  header: TextHeader.optional(),
  ...frame,
  action: z.strictObject({
    name: z.literal('address_message'),
    parameters: z.looseObject({
      country: z.enum(['IN', 'SG']),
      values: JsonObject.optional(),
      saved_addresses: z.array(JsonObject).optional(),
      validation_errors: JsonObject.optional(),
    }),
  }),
});
