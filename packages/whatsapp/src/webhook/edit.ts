import { z } from 'zod';
import { Text, WAMID_CHARS_MAX } from './fields.ts';
import { inboundType } from './inbound-type.ts';

const Edit = z.object({
  original_message_id: z.string().min(1).max(WAMID_CHARS_MAX),
  message: z
    .object({ text: z.object({ body: Text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** A message that was changed; only where WhatsApp Business and the Cloud API share a number. Of other kinds than text the new content is left out. */
export const edit = inboundType('edit', Edit, ({ original_message_id: wamid, message }) => {
  const text = message?.text?.body;
  return { kind: 'edit', edit: { wamid, ...(text !== undefined && { text }) } };
});
