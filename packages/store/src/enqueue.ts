import { ConversationId, mintConversationId } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { IDLE_CONVERSATION_S } from './conversation.ts';
import { aliasesOf, flightKeys, shardKeys } from './keys.ts';
import { formatTrace } from './life/trace-entry.ts';
import { type Admitted, type NewMessage, parseAdmitted, recordOf } from './record.ts';
import { loadScript } from './script.ts';
import type { SendingNumber } from './sending-number.ts';

/** The most messages of one call of `enqueue`. */
const MESSAGES_PER_CALL = 100;

const openScript = loadScript('open-conversation');
const enqueueScript = loadScript('enqueue');

/** The conversation of a contact with a number: the one that there is, or a new one. A contact needs a name at least. */
export async function openConversation(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  contact: { waId?: string | undefined; userId?: string | undefined },
): Promise<ConversationId> {
  const aliases = aliasesOf(number.id, contact).map(shardKeys(shard).alias);
  if (aliases.length === 0) throw new TypeError('Cannot open a conversation: the contact has no id');
  return nameConversation(client, aliases, mintConversationId());
}

/** Leads the aliases (keys), the surest first, to the conversation that one of them leads to, or else to `cid`. Returns which it is. */
export async function nameConversation(
  client: RedisClient,
  aliases: readonly string[],
  cid: ConversationId,
): Promise<ConversationId> {
  return ConversationId.parse(await openScript.run(client, aliases, [cid, IDLE_CONVERSATION_S]));
}

/**
 * Takes messages of one number that no turn decided, each of a conversation of its own, at most 100. All or none; one whose id is known
 * already is left alone, so a call may be repeated. Returns what took a place in the queue, which may be other messages.
 */
export async function enqueue(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  messages: readonly NewMessage[],
): Promise<Admitted[]> {
  if (messages.length > MESSAGES_PER_CALL) {
    throw new RangeError(
      `Cannot enqueue ${messages.length} messages: at most ${MESSAGES_PER_CALL} go at once`,
    );
  }
  const keys = shardKeys(shard);
  const keyList = [
    ...flightKeys(keys, number),
    ...messages.flatMap(({ data: { mid, cid, class: messageClass } }) => [
      keys.message(mid),
      keys.chain(cid, messageClass),
      keys.trace(cid),
    ]),
  ];
  const args = messages.flatMap((message) => {
    const { mid, cid, class: messageClass } = message.data;
    return [mid, cid, messageClass, ...recordOf(message), traceLine(message)];
  });
  const reply = await enqueueScript.run(client, keyList, [number.id, number.throughput, ...args]);
  return parseAdmitted(z.array(z.string()).parse(reply));
}

// A broadcast keeps its own list of what it sent, and would make a trace for each of a million contacts.
function traceLine({ data: { mid, class: messageClass } }: NewMessage): string {
  if (messageClass === 'broadcast') return '';
  return formatTrace({ kind: 'api', outcome: 'queued', nodes: [], messages: [mid], emitted: [] });
}
