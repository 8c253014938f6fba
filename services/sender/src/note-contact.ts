import type { BusinessNumber } from '@alur/bundle';
import { noteAnswered, type Claim, type MessageRef, type RedisClient } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { Posted } from './post-message.ts';

interface Sent {
  claimed: Extract<Claim, { kind: 'go' }>;
  posted: Posted;
  ref: MessageRef;
  number: BusinessNumber;
}

/**
 * WhatsApp may know who got a message by another number than it was sent to: whoever answers finds the same conversation. Only what
 * differs costs a call. It failing loses no message: the next one's answer says the same.
 */
export async function noteContact(
  { claimed, posted, ref, number }: Sent,
  { client, logger }: { client: RedisClient; logger: Logger },
): Promise<void> {
  if (posted.kind !== 'sent' || posted.contact === undefined) return;
  const { to } = claimed.body;
  const { waId = to.waId, userId = to.userId } = posted.contact;
  if (waId === to.waId && userId === to.userId) return;
  const place = { shard: ref.shard, tenant: number.tenant, team: number.team, number: number.id };
  const answered = { cid: ref.cid, to, answered: { waId, userId }, at: Math.floor(Date.now() / 1_000) };
  try {
    await noteAnswered(client, place, answered);
  } catch (err) {
    logger.warn({ err, mid: ref.mid }, 'contact.not_noted');
  }
}
