import { createHash, randomUUID } from 'node:crypto';
import { createTierQueues, enqueue, openStore } from '@alur/store';
import { ConversationId, MessageId, NumberId, mintConversationId } from '@alur/types';

const CALL = 100;

/** A number as the store wants it, with limits that do not bind unless they are given. */
export function sendingNumber(id, more = {}) {
  return {
    id: NumberId.parse(id),
    tenant: 'default',
    team: 'default',
    throughput: 1_000,
    tier: 'unlimited',
    tierCounts: 'business_initiated',
    tierScope: 'number',
    ...more,
  };
}

/** The store of a stage, and a way to put waiting messages into it. */
export async function openWaiting(redisUrl) {
  const store = await openStore({ url: redisUrl, shards: 1 });
  const queues = createTierQueues(store.bull('queue'));
  return {
    store,
    /** Puts `count` templates to as many new contacts of a number; `contactOf(index)` names them. */
    async fill(number, count, contactOf, messageClass = 'notification') {
      for (let from = 0; from < count; from += CALL) {
        const batch = Array.from({ length: Math.min(CALL, count - from) }, (_, index) =>
          newMessage(number, contactOf(from + index), messageClass),
        );
        const admitted = await enqueue(store.client, 0, number, batch);
        await queues.add(number.tier, { shard: 0, number: number.id }, admitted);
      }
    },
    async close() {
      await queues.close();
      await store.close();
    },
  };
}

function newMessage(number, waId, messageClass) {
  const mid = MessageId.parse(createHash('sha256').update(randomUUID()).digest('hex').slice(0, 32));
  const message = { kind: 'template', template: { name: 'news', language: { code: 'en' } } };
  const cid = ConversationId.parse(mintConversationId());
  const data = { mid, cid, class: messageClass, tenant: 'default', team: 'default', number: number.id };
  return { data, body: { to: { waId }, message }, retryOnRateLimit: true };
}
