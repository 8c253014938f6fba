import { PassedObject } from './fields.ts';
import { inboundType } from './inbound-type.ts';

/** A basket from a catalogue, as Meta writes it. */
export const order = inboundType('order', PassedObject, (basket) => ({ kind: 'order', order: basket }));
