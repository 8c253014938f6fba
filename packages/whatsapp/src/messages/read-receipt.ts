import { type JsonObject } from '@alur/types';

/**
 * The body that marks a contact's message as read, and those before it; `typing` also shows for 25 s at most that an answer
 * is on its way. Goes to the same address as messages. Source: Meta, "Mark messages as read" and "Typing indicators".
 */
export function renderReadReceipt(wamid: string, { typing }: { typing: boolean }): JsonObject {
  return {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: wamid,
    ...(typing && { typing_indicator: { type: 'text' } }),
  };
}
