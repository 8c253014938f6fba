import { z } from 'zod';
import { MessageBodyInput } from '../message-body.ts';
import { RoomAnswer } from '../message-room.ts';
import { defineRoute } from '../route.ts';
import { sendMessage } from '../send-message.ts';

/** Queues one message to a contact. */
export const messagesSend = defineRoute({
  method: 'POST',
  path: 'messages',
  name: 'messages-send',
  scope: 'send',
  summary: 'Send a message',
  body: MessageBodyInput,
  example: {
    body: {
      to: { wa_id: '6281234567890' },
      message: {
        kind: 'template',
        template: {
          name: 'order_update',
          language: 'en',
          components: [{ type: 'body', parameters: [{ type: 'text', text: 'A1' }] }],
        },
      },
      idempotency_key: 'order-A1-shipped',
    },
  },
  answers: {
    202: {
      description: 'Stored, and goes by its turn. `known`: this idempotency key has sent it before.',
      schema: z.object({
        id: z.string(),
        status: z.enum(['queued', 'known']),
        conversation: z.string(),
        room: RoomAnswer,
      }),
    },
    409: {
      description:
        'It would not go now (`opted_out`, `undeliverable`, `window_closed`), or the idempotency key has named another message (`idempotency_mismatch`).',
    },
    429: { description: 'As many messages wait as may (`backlog_full`), or as many calls were made.' },
  },
  handle: (call, deps) => sendMessage(call, deps),
});
