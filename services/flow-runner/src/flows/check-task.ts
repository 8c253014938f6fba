import type { CheckedFlow, Finding } from '@alur/flow';
import { z } from 'zod';

export const CheckTask = z.object({
  sources: z.array(z.object({ path: z.string(), text: z.string() })),
  strict: z.boolean(),
});
export type CheckTask = z.infer<typeof CheckTask>;

/** What the thread tells. */
export type CheckNote =
  { kind: 'flow'; flow: CheckedFlow } | { kind: 'end'; findings: Finding[]; isRight: boolean };

/** Checks flows; throws when the check itself cannot be done. */
export type CheckFlows = (task: CheckTask) => Promise<{ findings: Finding[]; checked?: CheckedFlow[] }>;
