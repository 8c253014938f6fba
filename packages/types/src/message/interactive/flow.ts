import { z } from 'zod';
import { JsonObject } from '../../json.ts';
import { limitRows } from '../limit.ts';
import { EMOJI, STRUCTURAL, text } from '../parts.ts';
import { frame, Header } from './frame.ts';

/** Meta's text says 30 characters; providers of its API, who were refused, say 20. */
export const FLOW_LIMITS = { flowCta: 20 } as const;
export const FLOW_ROWS = limitRows('flow', 'Meta, "Sending a Flow"', FLOW_LIMITS, {
  flowCta: 'characters on the button; no emoji',
});

const Payload = z.looseObject({
  screen: z.string().min(1),
  data: JsonObject.refine((data) => Object.keys(data).length > 0, {
    error: 'it must hold something; leave it out when there is nothing',
    params: STRUCTURAL,
  }).optional(),
});

const Parameters = z
  .looseObject({
    flow_message_version: z.string().min(1),
    flow_cta: text(FLOW_LIMITS.flowCta).refine((cta) => !EMOJI.test(cta), { error: 'no emoji here' }),
    flow_id: z.string().min(1).optional(),
    flow_name: z.string().min(1).optional(),
    /** A flow that is not published yet goes out as `draft` only. */
    mode: z.enum(['published', 'draft']).optional(),
    /** Comes back with the answer. */
    flow_token: z.string().min(1).optional(),
    flow_action: z.enum(['navigate', 'data_exchange']).optional(),
    flow_action_payload: Payload.optional(),
  })
  .refine(({ flow_id, flow_name }) => (flow_id === undefined) !== (flow_name === undefined), {
    error: 'exactly one of `flow_id` and `flow_name` must be given',
    params: STRUCTURAL,
  });

/** Opens a WhatsApp Flow: a form. */
export const FlowInteractive = z.strictObject({
  type: z.literal('flow'),
  header: Header.optional(),
  ...frame,
  action: z.strictObject({ name: z.literal('flow'), parameters: Parameters }),
});
