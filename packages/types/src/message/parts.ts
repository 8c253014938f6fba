import { z } from 'zod';

/**
 * At most `max` characters, counted the safe way: UTF-16 units are never fewer than code points, so what passes passes
 * whichever of the two Meta counts. zod's own `max` counts code points.
 */
export const atMost = (schema: z.ZodString, max: number) =>
  schema
    .check(({ value, issues }) => {
      if (value.length > max)
        issues.push({ code: 'too_big', origin: 'string', maximum: max, inclusive: true, input: value });
    })
    .meta({ maxLength: max });

/** A text of 1 to `max` characters. */
export const text = (max: number) => atMost(z.string().min(1), max);

/**
 * Marks a fault that follows from which members are there, or how many: it holds whatever the computed texts inside will
 * be, so it can be reported before they are known.
 */
export const STRUCTURAL = { structural: true } as const;

/** Whether no two items have the same key. */
export const isUnique = <T>(items: readonly T[], key: (item: T) => unknown) =>
  new Set(items.map(key)).size === items.length;

/** A pictograph or a flag: what Meta takes for an emoji where it allows none. */
export const EMOJI = /\p{Extended_Pictographic}|\p{RI}/u;

/** A number, or a text that is one: Meta takes both. */
export const numeral = (form: RegExp, error: string) =>
  z
    .unknown()
    .refine((value) => (typeof value === 'string' || typeof value === 'number') && form.test(String(value)), {
      error,
    });
