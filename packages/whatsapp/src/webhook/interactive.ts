import { z } from 'zod';
import { type MessageContent } from './item.ts';
import { OptionalText, Text } from './fields.ts';
import { readForm } from './form.ts';
import { inboundType } from './inbound-type.ts';
import { TypeWord } from './type-word.ts';

const Reply = z.object({ id: Text, title: OptionalText, description: OptionalText });
type Reply = z.infer<typeof Reply>;

const Interactive = z.object({
  button_reply: Reply.optional().catch(undefined),
  list_reply: Reply.optional().catch(undefined),
  nfm_reply: z.object({ response_json: Text, name: TypeWord.optional() }).optional().catch(undefined),
});

/**
 * A tapped reply button, a chosen list row, or a filled-in form. Sub-types that came later, and those whose object is
 * missing or unreadable, are `unsupported` under the sub-type's word (`nfm_reply`, `call_permission_reply`).
 */
export const interactive = inboundType('interactive', Interactive, (part): MessageContent | undefined => {
  if (part.button_reply) return choice('button', part.button_reply);
  if (part.list_reply) return choice('list', part.list_reply);
  const form = part.nfm_reply && readForm(part.nfm_reply.response_json);
  return form && { kind: 'form', form, source: part.nfm_reply?.name };
});

function choice(source: 'button' | 'list', { id, title, description }: Reply): MessageContent {
  return { kind: 'interactive', source, id, title: title ?? id, description };
}
