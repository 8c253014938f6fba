import { z } from 'zod';
import { JsonObject } from './json.ts';

const Word = z.string().min(1).max(64);

/** One part of a template as its WABA has it: header, body, footer, buttons, carousel, … with Meta's own members. */
export const TemplatePart = z.looseObject({
  type: Word,
  /** Of a header: TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, PRODUCT. */
  format: Word.optional(),
  text: z.string().max(4096).optional(),
  buttons: z.array(JsonObject).max(20).optional(),
});
export type TemplatePart = z.infer<typeof TemplatePart>;

/**
 * A template in one language, as `GET /{waba}/message_templates` gives it. Words are Meta's, in capitals; what Meta adds
 * later is kept. Source: Meta, "WhatsApp message templates".
 */
export const TemplateDefinition = z.looseObject({
  id: z.string().min(1).max(64),
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  /** As sends write it, such as `en_US`. */
  language: z.string().min(2).max(16),
  /** APPROVED may be sent; PENDING, REJECTED, PAUSED, DISABLED, … may not. */
  status: Word,
  /** MARKETING, UTILITY or AUTHENTICATION. */
  category: Word,
  /** Whether body and header parameters go by place or by name; by place when left out. */
  parameter_format: z.enum(['POSITIONAL', 'NAMED']).optional().catch(undefined),
  components: z.array(TemplatePart).max(20),
});
export type TemplateDefinition = z.infer<typeof TemplateDefinition>;
