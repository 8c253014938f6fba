import { createHmac, timingSafeEqual } from 'node:crypto';

// What the plain servers have in common: the signature, the messages of a body, and one script that stores once.

const REMEMBER_S = 8 * 86_400;
const STREAM = 'events';
const SCRIPT = `
if redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[1]) then
  redis.call('XADD', KEYS[2], '*', 'event', ARGV[2])
  return 1
end
return 0`;

/** Whether the header is the body's signature. */
export function isSigned(body, header, secret) {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(String(header ?? ''));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Every message of a webhook, with the number it was sent to. */
export function messagesOf(webhook) {
  return webhook.entry.flatMap(({ changes }) =>
    changes.flatMap(({ value }) =>
      (value.messages ?? []).map((message) => ({ number: value.metadata.phone_number_id, message })),
    ),
  );
}

/** `store(message)` appends to a stream what was not there before, in one call. */
export function createOnceStore(redis) {
  redis.defineCommand('storeOnce', { numberOfKeys: 2, lua: SCRIPT });
  return (item) => redis.storeOnce(`seen:${item.message.id}`, STREAM, REMEMBER_S, JSON.stringify(item));
}

/** What the plain servers have stored. */
export function countStream(redis) {
  return redis.xlen(STREAM);
}
