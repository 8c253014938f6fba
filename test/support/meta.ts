import { signBody } from '@alur/whatsapp';

/** A webhook body with Meta's escapes: non-ASCII as lower-case \uXXXX, and every slash as \/. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/\//g, '\\/');
}

export interface MetaMessage {
  number: string;
  from: string;
  id: string;
  name?: string;
  at?: number;
  content: Record<string, unknown>;
}

/** A `messages` change as Meta nests it. */
export function messagesChange(number: string, messages: readonly MetaMessage[]) {
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: number },
      contacts: messages.map(({ from, name }) => ({ profile: { name: name ?? 'Ana' }, wa_id: from })),
      messages: messages.map(({ from, id, at, content }) => ({
        from,
        id,
        timestamp: String(at ?? Math.floor(Date.now() / 1000)),
        ...content,
      })),
    },
  };
}

export const buttonReply = (id: string, title: string) => ({
  type: 'interactive',
  interactive: { type: 'button_reply', button_reply: { id, title } },
});
export const text = (body: string) => ({ type: 'text', text: { body } });

/** One entry with one change: the usual webhook. */
export function webhook(...changes: readonly unknown[]) {
  return { object: 'whatsapp_business_account', entry: [{ id: '200000000000001', changes }] };
}

/** Posts raw bytes with a signature, as Meta does; `signature` overrides what the secret would make. */
export async function postWebhook(
  url: string,
  body: string | Buffer,
  auth: { secret: string } | { signature: string | undefined },
): Promise<{ status: number; body: string }> {
  const bytes = Buffer.from(body);
  const signature = 'secret' in auth ? signBody(bytes, auth.secret) : auth.signature;
  const response = await fetch(url, {
    method: 'POST',
    body: bytes,
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { 'x-hub-signature-256': signature }),
    },
  });
  return { status: response.status, body: await response.text() };
}
