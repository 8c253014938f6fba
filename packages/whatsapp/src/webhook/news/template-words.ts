import { z } from 'zod';
import { boundedText } from '../fields.ts';

/** A word of Meta's, or nothing where it is none: the rest of the news still counts. */
export const Word = boundedText(64).optional().catch(undefined);

/** Which template news is about; other members differ by field. */
export const TemplateNamed = z.object({
  message_template_name: boundedText(512).refine((name) => name !== ''),
  message_template_language: Word,
});

/** As sends write it: here it is `en-US`, in a send `en_US`. */
export function languageOf(word: string | undefined): string | undefined {
  return word?.replaceAll('-', '_');
}

const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const;
export type TemplateCategory = (typeof CATEGORIES)[number];

/** undefined for a category that is not known here. */
export function readCategory(word: string | undefined): TemplateCategory | undefined {
  return CATEGORIES.find((category) => category === word);
}
