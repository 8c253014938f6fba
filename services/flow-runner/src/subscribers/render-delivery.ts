import type { Subscriber } from '@alur/bundle';
import type { Emitted, StoredContact } from '@alur/store';
import type { HttpRequest } from '@alur/types';
import { signDelivery } from './sign-delivery.ts';

/** How long a subscriber may take: well below the lease, so that nobody else delivers meanwhile. */
const TIMEOUT_MS = 15_000;

export interface Delivery {
  event: Emitted;
  /** As the conversation knows it now; undefined when it is forgotten, or the event is about nobody. */
  contact: Partial<StoredContact> | undefined;
  subscriber: Subscriber;
  /** Unix seconds of this try. */
  timestamp: number;
}

/** The call that tells a subscriber of an event. Id and payload are the same in every try, time and signature are not. */
export function renderDelivery({ event, contact, subscriber, timestamp }: Delivery): HttpRequest {
  const body = renderBody(event, contact);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': event.id,
    'webhook-timestamp': String(timestamp),
    // While a secret is rotated, whoever knows any of them can verify.
    'webhook-signature': subscriber.secrets
      .map((secret) => signDelivery(secret, { id: event.id, timestamp, body }))
      .join(' '),
  };
  return {
    key: event.id,
    flow: '',
    node: '',
    method: 'POST',
    url: [subscriber.url],
    headers: Object.entries(headers).map(([name, value]) => ({ name, value: [value] })),
    body: [body],
    timeoutMs: TIMEOUT_MS,
  };
}

function renderBody(event: Emitted, contact: Delivery['contact']): string {
  const { id, type, at, tenant, team, number, payload } = event;
  const { waId, userId, name } = contact ?? {};
  return JSON.stringify({
    ...{ id, type, at, tenant, team, number },
    contact: { wa_id: waId, user_id: userId, name },
    payload,
  });
}
