import { z } from 'zod';
import { Text, Wamid } from './fields.ts';
import { inboundType } from './inbound-type.ts';

const Captioned = z.object({ caption: Text }).optional().catch(undefined);
const Edit = z.object({
  original_message_id: Wamid,
  message: z
    .object({
      text: z.object({ body: Text }).optional().catch(undefined),
      image: Captioned,
      video: Captioned,
      document: Captioned,
    })
    .optional()
    .catch(undefined),
});

/** A message that was changed, with its new text or caption; only where WhatsApp Business and the Cloud API share a number. */
export const edit = inboundType('edit', Edit, ({ original_message_id: wamid, message = {} }) => {
  const { text: typed, image, video, document } = message;
  const text = typed?.body ?? (image ?? video ?? document)?.caption;
  return { kind: 'edit', edit: { wamid, ...(text !== undefined && { text }) } };
});
