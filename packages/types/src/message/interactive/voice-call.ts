import { z } from 'zod';
import { text } from '../parts.ts';
import { CTA_LIMITS } from './cta-url.ts';
import { frame } from './frame.ts';

/** A button that calls the business in WhatsApp. Source: Meta, "Call button messages and deep links". */
export const VoiceCallInteractive = z.strictObject({
  type: z.literal('voice_call'),
  ...frame,
  action: z.looseObject({
    name: z.literal('voice_call'),
    parameters: z.looseObject({ display_text: text(CTA_LIMITS.ctaText).optional() }).optional(),
  }),
});
