import { randomUUID } from 'node:crypto';
import type { BusinessNumber, Team } from '@alur/bundle';
import {
  enqueue,
  findConversation,
  foresee,
  openConversation,
  readMessage,
  shardOf,
  type Foreseen,
  type NewMessage,
} from '@alur/store';
import { definitionOf } from '@alur/templates';
import { hash, MessageId, mintConversationId, type OutboundMessage } from '@alur/types';
import { refusal, type ApiAnswer } from './api-answer.ts';
import { canonicalJson } from './canonical-json.ts';
import { contentProblems } from './content-problems.ts';
import type { MessageBodyInput } from './message-body.ts';
import { refuseForeseen, roomOf } from './message-room.ts';
import type { ApiCall, ApiDeps } from './route.ts';
import { numberOf, unknownNumber } from './team-number.ts';

// What names the message is a hash of its idempotency key, so a call that is repeated finds what the first one stored, and of two at
// the same time one record is made. Whose it is, and whether both asked for the same, the record itself says.

type Call = ApiCall & { body: MessageBodyInput };
type Deps = Pick<ApiDeps, 'client' | 'shards' | 'queues' | 'logger'>;

interface Wanted {
  shard: number;
  number: BusinessNumber;
  team: Team;
  /** What the caller's key is called. */
  key: string;
  message: NewMessage;
}

/** Queues one message to a contact; answers with what came of it and how much room there is. */
export async function sendMessage(call: Call, deps: Deps): Promise<ApiAnswer> {
  const { bundle, team, key, body } = call;
  const number = numberOf(team, body.phone_number_id);
  if (!number) return unknownNumber(team);
  const problems = contentProblems(body, team, bundle);
  if (problems.length > 0)
    return refusal(422, 'invalid', 'WhatsApp would refuse this message; nothing was stored', problems);
  const shard = shardOf(team.tenant, deps.shards);
  const cid = await findConversation(deps.client, shard, number.id, contactOf(body));
  const message = toMessage(body, {
    team,
    number,
    cid: cid ?? mintConversationId(),
    key: body.idempotency_key ?? randomUUID(),
  });
  return queueOnce({ shard, number, team, key: key.name, message }, deps);
}

async function queueOnce(wanted: Wanted, deps: Deps): Promise<ApiAnswer> {
  const { shard, number, team, message: draft } = wanted;
  const { client } = deps;
  const foreseen = await foresee(client, shard, number, draft);
  if (foreseen.known) return answerOf(foreseen.known, draft, foreseen);
  const refused = refuseForeseen(foreseen, team.limits);
  if (refused) return refused;
  // The one that there is by now, or a new one: none is made for what is refused.
  const cid = await openConversation(client, shard, number, draft.body.to);
  const message = { ...draft, data: { ...draft.data, cid } };
  await queue({ ...wanted, message }, deps);
  const { mid, tenant, team: id, class: messageClass } = message.data;
  const line = {
    tenant,
    team: id,
    mid,
    class: messageClass,
    kind: message.body.message.kind,
    key: wanted.key,
  };
  deps.logger.info(line, 'message.queued');
  const stored = await readMessage(client, shard, message.data.mid);
  return answerOf(stored ?? message.data, message, foreseen);
}

async function queue({ shard, number, message }: Wanted, { client, queues, logger }: Deps): Promise<void> {
  const admitted = await enqueue(client, shard, number, [message]);
  // The message is safe: a reminder that cannot be added now is added by the sender's sweeper.
  await queues.add(number.tier, { shard, number: number.id }, admitted).catch((err: unknown) => {
    logger.warn({ err }, 'queue.add_failed');
  });
}

/** `stored` is of the message with this id: this call's own, or that of an earlier one. */
function answerOf(stored: NewMessage['data'], { data }: NewMessage, { room }: Foreseen): ApiAnswer {
  if (stored.call?.fingerprint !== data.call?.fingerprint) {
    const message = 'This idempotency key has named another message: use a new key for each';
    return refusal(409, 'idempotency_mismatch', message);
  }
  const status = stored.call?.id === data.call?.id ? 'queued' : 'known';
  return {
    status: 202,
    body: { id: stored.mid, status, conversation: stored.cid, room: roomOf(room) },
  };
}

interface Origin {
  team: Team;
  number: BusinessNumber;
  cid: NewMessage['data']['cid'];
  key: string;
}

function toMessage(body: MessageBodyInput, { team, number, cid, key }: Origin): NewMessage {
  const { message, outside_window: outsideWindow, reply_to: replyTo } = body;
  const { tenant, id } = team;
  return {
    data: {
      // Of the team too: two teams' same keys are two messages.
      mid: MessageId.parse(hash('api-message', tenant, id, key)),
      cid,
      class: body.class,
      tenant,
      team: id,
      number: number.id,
      call: { id: randomUUID(), fingerprint: fingerprintOf(body, number, key) },
    },
    body: { to: contactOf(body), message, replyTo, outsideWindow },
    retryOnRateLimit: body.retry_on_rate_limit,
    category: categoryOf(message, team),
    ...(typeof outsideWindow === 'object' && { outsideCategory: categoryOf(outsideWindow, team) }),
  };
}

/** All that a call asks for. Hashed with its key, which is stored nowhere: nobody can try out numbers and texts on it. */
function fingerprintOf(body: MessageBodyInput, number: BusinessNumber, key: string): string {
  const said = { ...body, idempotency_key: undefined, phone_number_id: number.id };
  return hash('call', key, canonicalJson(said));
}

function contactOf({ to }: MessageBodyInput): { waId?: string; userId?: string } {
  return {
    ...(to.wa_id !== undefined && { waId: to.wa_id }),
    ...(to.user_id !== undefined && { userId: to.user_id }),
  };
}

/** undefined for what is no template, or none that is known: whoever wants no marketing does not get it. */
function categoryOf(message: OutboundMessage, { templates = [] }: Team): string | undefined {
  return definitionOf(message, templates)?.category;
}
