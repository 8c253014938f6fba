import { z } from 'zod';
import { MessageId, NumberId } from './ids.ts';

/** What Meta may say of a sent message. `played` is a listened voice note; anything newer is `other` and only counted. */
export const StatusKind = z.enum(['sent', 'delivered', 'read', 'played', 'failed', 'other']);
export type StatusKind = z.infer<typeof StatusKind>;

/** One receipt, normalised. `mid` and `attempt` are missing when another sender of the WABA sent the message. */
export const StatusUpdate = z.object({
  number: NumberId,
  wamid: z.string(),
  status: StatusKind,
  at: z.number().int().nonnegative(),
  mid: MessageId.optional(),
  attempt: z.number().int().positive().optional(),
  /** Present on `failed`: Meta's code. Its texts may quote personal data and are left out. */
  errorCode: z.number().int().optional(),
});
export type StatusUpdate = z.infer<typeof StatusUpdate>;
