import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { Link } from '../media-source.ts';
import { text } from '../parts.ts';
import { frame, Header } from './frame.ts';

export const CTA_LIMITS = { ctaText: 20 } as const;
export const CTA_ROWS = limitRows('cta_url', 'Meta, "Interactive call-to-action URL button"', CTA_LIMITS, {
  ctaText: 'characters on the button',
});

export const CtaUrlAction = z.strictObject({
  name: z.literal('cta_url'),
  parameters: z.strictObject({ display_text: text(CTA_LIMITS.ctaText), url: Link }),
});

export const CtaUrlInteractive = z.strictObject({
  type: z.literal('cta_url'),
  header: Header.optional(),
  ...frame,
  action: CtaUrlAction,
});
