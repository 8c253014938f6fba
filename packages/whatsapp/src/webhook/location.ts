import { z } from 'zod';
import { OptionalText } from './fields.ts';
import { inboundType } from './inbound-type.ts';

const Location = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: OptionalText,
  address: OptionalText,
  url: OptionalText,
});

/** A place that a contact shared. */
export const location = inboundType('location', Location, (place) => ({ kind: 'location', location: place }));
