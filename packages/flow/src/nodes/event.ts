import { Json } from '@alur/types';
import { z } from 'zod';
import { defineNode } from './define-node.ts';
import { emit } from './emit.ts';

const EventConfig = z.strictObject({
  event_type: z
    .string()
    .regex(/^[a-z][\w-]*(\.[\w-]+)*$/i, 'use words with points between, such as order.paid')
    .max(200),
  payload: Json.optional(),
});
type EventConfig = z.infer<typeof EventConfig>;

/** Tells the bundle's subscribers that something happened. */
export const event = defineNode<EventConfig>({
  type: 'event',
  doc: "Emits an event to the bundle's webhook subscribers.",
  example: { config: { event_type: 'order.confirmed', payload: { order: '{{order_id}}' } } },
  config: EventConfig,
  compile: ({ event_type: eventType, payload = {} }, compiler) => {
    const tree = compiler.data(payload, ['payload']);
    return ({ scope }) => ({ effects: [emit(eventType, tree.render(scope))] });
  },
});
