import { type z } from 'zod';

/** What a schema has to say of a value. */
export type Issue = z.core.$ZodIssue;
