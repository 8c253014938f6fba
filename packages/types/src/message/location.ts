import { z } from 'zod';
import { limitRows } from './limit.ts';
import { text } from './parts.ts';

export const LOCATION_LIMITS = { latitude: 90, longitude: 180, place: 1000 } as const;
export const LOCATION_ROWS = limitRows('location', 'Meta, "Location messages"', LOCATION_LIMITS, {
  latitude: 'degrees north or south',
  longitude: 'degrees east or west',
  place: { ours: 'characters of a name, and of an address' },
});

const DEGREES = /^\s*[-+]?\d+(?:\.\d+)?\s*$/;

// Meta takes numbers and texts that are numbers. An empty text is no number: it would send the contact into the Atlantic.
const degrees = (max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && DEGREES.test(value) ? Number(value) : value),
    z.number().min(-max).max(max),
  );

export const coordinates = {
  latitude: degrees(LOCATION_LIMITS.latitude),
  longitude: degrees(LOCATION_LIMITS.longitude),
};

/** WhatsApp shows an `address` only together with a `name`. */
export const LocationMessage = z.strictObject({
  kind: z.literal('location'),
  location: z.strictObject({
    ...coordinates,
    name: text(LOCATION_LIMITS.place).optional(),
    address: text(LOCATION_LIMITS.place).optional(),
  }),
});
