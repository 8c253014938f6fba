import type { CheckedFlow, Finding } from '@alur/flow';
import { TemplateDefinition } from '@alur/types';
import { z } from 'zod';

export const CheckTask = z.object({
  sources: z.array(z.object({ path: z.string(), text: z.string() })),
  strict: z.boolean(),
  /** As the options of `checkFlows`. */
  templates: z.array(TemplateDefinition).readonly().optional(),
  mediaFiles: z
    .map(
      z.string(),
      z.union([
        z.object({ mimeType: z.string(), bytes: z.number() }),
        z.object({ fault: z.string(), fix: z.string() }),
      ]),
    )
    .readonly()
    .optional(),
  toleratesTemplates: z.boolean().optional(),
});
export type CheckTask = z.infer<typeof CheckTask>;

/** What the thread tells. */
export type CheckNote =
  { kind: 'flow'; flow: CheckedFlow } | { kind: 'end'; findings: Finding[]; isRight: boolean };

/** Checks flows; throws when the check itself cannot be done. */
export type CheckFlows = (task: CheckTask) => Promise<{ findings: Finding[]; checked?: CheckedFlow[] }>;
