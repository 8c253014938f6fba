import { JsonObject } from '@alur/types';
import { z } from 'zod';

// The frame of a flow file. Nodes and triggers are read one by one, so that a fault in one hides no fault in another.

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const Identifier = z
  .string()
  .regex(IDENTIFIER, 'use letters, digits, `_` and `-`, not a digit first')
  .max(100);

/** A name that expressions can read. `__proto__` is none: not every reader of JSON would keep it. */
export const VariableName = z
  .string()
  .regex(/^(?!__proto__$)[A-Za-z_]\w*$/, 'use letters, digits and `_`, not a digit first')
  .max(100);

/** A flow of the bundle. */
export const FlowName = Identifier;

/** A node of the same file, a flow, or `flow/node`. */
export const Target = z
  .string()
  .regex(/^[A-Za-z_][\w-]*(\/[A-Za-z_][\w-]*)?$/, 'name a node, a flow, or `flow/node`');

export const FileDefaults = z.strictObject({
  timeout: z.int().positive().max(30_000).optional(),
  retry_policy: z
    .strictObject({
      max_retries: z.int().min(0).max(20).optional(),
      backoff: z.literal('exponential').optional(),
    })
    .optional(),
});
export type FileDefaults = z.infer<typeof FileDefaults>;

export const FlowFrame = z.strictObject({
  name: Identifier,
  version: z.string().min(1),
  description: z.string().optional(),
  variables: JsonObject.optional(),
  input: z.array(VariableName).optional(),
  config: FileDefaults.optional(),
  nodes: z.array(z.unknown()).min(1),
  triggers: z.array(z.unknown()).min(1),
});
export type FlowFrame = z.infer<typeof FlowFrame>;

export const NodeFrame = z.looseObject({
  id: Identifier,
  type: z.string(),
  config: z.unknown().optional(),
  next: Target.optional(),
  to: Target.optional(),
  on_error: Target.optional(),
  output: VariableName.optional(),
  timeout: z.int().positive().max(30_000).optional(),
});
export type NodeFrame = z.infer<typeof NodeFrame>;
