import { createHmac } from 'node:crypto';

// Standard Webhooks, https://www.standardwebhooks.com: what is signed is `id.timestamp.body`, and a receiver refuses old timestamps, so
// that nobody can repeat a delivery that was overheard.

const BASE64_KEY = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** What a delivery says of itself. `timestamp` is Unix seconds. */
export interface SignedPart {
  id: string;
  timestamp: number;
  body: string;
}

/** The header `webhook-signature`: the version of the scheme, and the HMAC-SHA256 in base64. */
export function signDelivery(secret: string, { id, timestamp, body }: SignedPart): string {
  const [, encoded] = BASE64_KEY.exec(secret) ?? [];
  const key = encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
