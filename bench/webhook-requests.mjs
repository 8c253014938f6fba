import { createHmac } from 'node:crypto';

// Requests as Meta would send them, whole and signed before any clock starts.

const TEXT = 'Hello, I would like to know when my order arrives, please. '.repeat(4).trim();

/** The number that writes the n-th message; nobody's: eleven digits of a range that is not in use. */
export const contactOf = (index) => String(10_000_000_000 + index);

/**
 * One HTTP request as bytes: a webhook of about 700 bytes with one text message.
 * `target` is `{path, secret, numbers}`; `index` makes the message unique, `contact` says who wrote it.
 */
export function webhookRequest(target, index, contact) {
  const body = JSON.stringify(webhookBody(target.numbers[index % target.numbers.length], index, contact));
  const signature = createHmac('sha256', target.secret).update(body).digest('hex');
  return Buffer.from(
    `POST ${target.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
      `x-hub-signature-256: sha256=${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function webhookBody(number, index, contact) {
  const from = contactOf(contact);
  const message = {
    from,
    id: `wamid.${Buffer.from(`bench-message-${String(index).padStart(20, '0')}`).toString('base64')}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: TEXT },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: number },
    contacts: [{ profile: { name: 'Ana' }, wa_id: from }],
    messages: [message],
  };
  const entry = { id: '200000000000001', changes: [{ field: 'messages', value }] };
  return { object: 'whatsapp_business_account', entry: [entry] };
}
