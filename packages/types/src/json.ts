import { z } from 'zod';

/** Any value that JSON can carry: what sessions, journals and raw Graph objects are made of. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export const Json: z.ZodType<Json> = z.json();

export const JsonObject = z.record(z.string(), Json);
export type JsonObject = z.infer<typeof JsonObject>;
