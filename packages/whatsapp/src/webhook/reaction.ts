import { z } from 'zod';
import { OptionalText, Wamid } from './fields.ts';
import { inboundType } from './inbound-type.ts';

const Reaction = z.object({ message_id: Wamid, emoji: OptionalText });

/** An emoji on a message. Taken back, the emoji is absent or empty. */
export const reaction = inboundType('reaction', Reaction, ({ message_id: wamid, emoji }) => ({
  kind: 'reaction',
  reaction: { wamid, emoji: emoji === '' ? undefined : emoji },
}));
