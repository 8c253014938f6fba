import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { DocumentObject, MediaObject } from '../media-source.ts';
import { text } from '../parts.ts';

// A list's body is said to take 4096 characters on one page of Meta and 1024 on another; 1731 were refused.
export const FRAME_LIMITS = { interactiveBody: 1024, headerText: 60, footerText: 60 } as const;
export const FRAME_ROWS = limitRows('interactive', 'Meta, "Interactive messages"', FRAME_LIMITS, {
  interactiveBody: 'characters of the body',
  headerText: 'characters of a text header',
  footerText: 'characters of the footer',
});

export const TextHeader = z.strictObject({ type: z.literal('text'), text: text(FRAME_LIMITS.headerText) });
export const ImageHeader = z.strictObject({ type: z.literal('image'), image: MediaObject });
export const VideoHeader = z.strictObject({ type: z.literal('video'), video: MediaObject });
const DocumentHeader = z.strictObject({ type: z.literal('document'), document: DocumentObject });

export const Header = z.discriminatedUnion('type', [TextHeader, ImageHeader, VideoHeader, DocumentHeader]);

export const Body = z.strictObject({ text: text(FRAME_LIMITS.interactiveBody) });
export const Footer = z.strictObject({ text: text(FRAME_LIMITS.footerText) });

/** What most interactive messages have around their action. */
export const frame = { body: Body, footer: Footer.optional() };
