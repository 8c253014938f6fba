import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { atMost } from '../parts.ts';
import { TemplateComponent } from './component.ts';
import { TtlS } from './ttl.ts';

export const TEMPLATE_LIMITS = { templateName: 512 } as const;
export const TEMPLATE_ROWS = limitRows('template', 'Meta, "Send message templates"', TEMPLATE_LIMITS, {
  templateName: 'characters of the name',
});

/** The Graph API's own object; `language: "en"` is accepted beside `{code: "en"}`. */
export const TemplateMessage = z.strictObject({
  kind: z.literal('template'),
  template: z.looseObject({
    name: atMost(
      z.string().regex(/^[a-z0-9_]+$/, 'use lower-case letters, digits and underscores'),
      TEMPLATE_LIMITS.templateName,
    ),
    language: z.union([
      z
        .string()
        .min(2)
        .transform((code) => ({ code })),
      z.looseObject({ code: z.string().min(2) }),
    ]),
    components: z.array(TemplateComponent).optional(),
  }),
  /** Which of it a template may have depends on its category, see `ttlProblem`. */
  ttlS: TtlS.optional(),
});
export type TemplateMessage = z.infer<typeof TemplateMessage>;
