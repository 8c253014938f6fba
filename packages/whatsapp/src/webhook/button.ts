import { z } from 'zod';
import { OptionalText } from './fields.ts';
import { inboundType } from './inbound-type.ts';

/** A tapped quick reply of a template. Without a payload of the sender's own, Meta repeats the label in its place. */
export const button = inboundType(
  'button',
  z.object({ payload: OptionalText, text: OptionalText }),
  ({ payload, text }) => {
    const id = payload ?? text;
    return id === undefined ? undefined : { kind: 'interactive', source: 'template', id, title: text ?? id };
  },
);
