import { z } from 'zod';

/** How far an opt-out goes: every message, or marketing alone. */
export const OptOutScope = z.enum(['all', 'marketing']);
export type OptOutScope = z.infer<typeof OptOutScope>;
