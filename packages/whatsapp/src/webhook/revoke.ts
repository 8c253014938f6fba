import { z } from 'zod';
import { Wamid } from './fields.ts';
import { inboundType } from './inbound-type.ts';

const Revoke = z.object({ original_message_id: Wamid });

/** A message that was taken back; only where WhatsApp Business and the Cloud API share a number. */
export const revoke = inboundType('revoke', Revoke, ({ original_message_id: wamid }) => ({
  kind: 'revoke',
  revoke: { wamid },
}));
