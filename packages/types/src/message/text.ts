import { z } from 'zod';
import { limitRows } from './limit.ts';
import { text } from './parts.ts';

export const TEXT_LIMITS = { text: 4096 } as const;
export const TEXT_ROWS = limitRows('text', 'Meta, "Text messages"', TEXT_LIMITS, {
  text: 'characters of a text; a computed text over it is split',
});

export const TextMessage = z.strictObject({
  kind: z.literal('text'),
  text: text(TEXT_LIMITS.text),
  /** Whether the first address in the text is shown with a picture of its page. */
  previewUrl: z.boolean().optional(),
});
