import { z } from 'zod';
import { Text } from './fields.ts';
import { inboundType } from './inbound-type.ts';

/** What a contact typed. */
export const text = inboundType('text', z.object({ body: Text }), ({ body }) => ({
  kind: 'text',
  text: body,
}));
