import { z } from 'zod';
import { OptionalText, WAMID_CHARS_MAX } from './fields.ts';
import { inboundType } from './inbound-type.ts';

const Reaction = z.object({ message_id: z.string().min(1).max(WAMID_CHARS_MAX), emoji: OptionalText });

/** An emoji on a message. Taken back, the emoji is absent or empty. */
export const reaction = inboundType('reaction', Reaction, ({ message_id: wamid, emoji }) => ({
  kind: 'reaction',
  reaction: { wamid, emoji: emoji === '' ? undefined : emoji },
}));
