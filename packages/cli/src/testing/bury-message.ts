import { randomBytes } from 'node:crypto';
import type { BusinessNumber } from '@alur/bundle';
import {
  claim,
  enqueue,
  finish,
  openConversation,
  shardOf,
  type AttemptOutcome,
  type MessageRef,
  type Store,
} from '@alur/store';
import { MessageId, type DeadReason, type MessageClass } from '@alur/types';
import { waitFor } from '../../../../test/support/wait.ts';

interface TriedMessage {
  number: BusinessNumber;
  class?: MessageClass;
  waId?: string;
  mid?: string;
}

export interface Burial extends TriedMessage {
  reason: DeadReason;
  code: string;
}

/** A template that the Graph API refused for good. */
export async function buryMessage(store: Store, burial: Burial): Promise<MessageRef> {
  const { reason, code } = burial;
  return tryMessage(store, burial, { kind: 'dead', code, reason });
}

/** A template outside the window with one attempt that came to `outcome`: every step by the store's own scripts. */
export async function tryMessage(
  { client, shards }: Store,
  tried: TriedMessage,
  outcome: AttemptOutcome,
): Promise<MessageRef> {
  const { number, class: messageClass = 'notification', waId = '4915550001' } = tried;
  const shard = shardOf(number.tenant, shards);
  const cid = await openConversation(client, shard, number, { waId });
  const mid = MessageId.parse(tried.mid ?? randomBytes(16).toString('hex'));
  const { id, tenant, team } = number;
  const data = { mid, cid, class: messageClass, tenant, team, number: id };
  const message = { kind: 'template', template: { name: 'hello', language: { code: 'en' } } } as const;
  await enqueue(client, shard, number, [{ data, body: { to: { waId }, message }, retryOnRateLimit: false }]);
  const ref: MessageRef = { mid, cid, class: messageClass, shard, number };
  const attempt = await waitFor(async () => {
    const claimed = await claim(client, ref, { leaseMs: 5_000, handMs: 1_000 });
    return claimed.kind === 'go' ? claimed.attempt : undefined;
  }, 'an attempt');
  await finish(client, ref, attempt, { outcome, maxTries: 5, credentialMark: '', spread: 1 });
  return ref;
}
