import { Tag } from '@alur/types';
import { z } from 'zod';
import { Target } from './flow-schema.ts';

const KINDS = [
  'interactive',
  'default',
  'media',
  'location',
  'contacts',
  'order',
  'reaction',
  'referral',
  'status',
  'edit',
  'revoke',
  'unsupported',
] as const;

/** How a trigger is written. */
export const Trigger = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message'),
    pattern: z.string().min(1).max(1000).optional(),
    target: Target,
  }),
  z.strictObject({
    type: z.literal('keyword'),
    words: z.array(z.string().trim().min(1)).min(1),
    target: Target,
  }),
  z.strictObject({ type: z.literal('event'), event_type: z.string().min(1).max(200), target: Target }),
  z.strictObject({
    type: z.literal('timer'),
    cron: z.string().min(1).max(200),
    timezone: z.string().min(1).max(100).optional(),
    audience: z.strictObject({ tag: Tag }),
    target: Target,
  }),
  z.strictObject({ type: z.enum(KINDS), target: Target }),
]);
export type Trigger = z.infer<typeof Trigger>;
export type TriggerType = Trigger['type'];
