import { ConversationId } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { flightKeys, ledgerKey, shardKeys, wabaOf } from './keys.ts';
import { TIER_DAY_MS, WINDOW_MS } from './message-ref.ts';
import { MessageData, recordOf, type NewMessage } from './record.ts';
import { loadScript } from './script.ts';
import { tierLimit, type SendingNumber } from './sending-number.ts';

/** How much room a number has. */
export interface Room {
  /** Contacts (or messages, as the tier counts) in 24 hours, and how many of them are used; undefined where there is no limit. */
  tier: { limit: number; used: number } | undefined;
  /** Messages that wait, of each conversation and class the first only. */
  waiting: number;
  /** Those that wait in the message's own conversation and class. */
  chain: number;
}

/** What would become of a message now. */
export interface Foreseen {
  /** Of the message that has this id already, unless it was withdrawn. */
  known: MessageData | undefined;
  /** Why it would not go: `undeliverable` is Meta's hold of marketing. */
  stop: 'opted_out' | 'undeliverable' | 'window_closed' | undefined;
  room: Room;
}

// Of conversations that became part of another.
const HOPS_MAX = 8;

const foreseeScript = loadScript('foresee');
const Count = z.number();
const Reply = z.union([
  z.tuple([z.literal('into'), ConversationId]),
  z.tuple([
    z.literal('seen'),
    z.string(),
    z.enum(['', 'opted_out', 'undeliverable', 'window_closed']),
    Count,
    Count,
    Count,
    Count,
  ]),
]);

/** Looks at what `claim` would say of a message, and at the room there is, without changing anything. */
export async function foresee(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
  message: NewMessage,
): Promise<Foreseen> {
  let { cid } = message.data;
  for (let hop = 0; hop <= HOPS_MAX; hop += 1) {
    const reply = Reply.parse(await look(client, cid, { shard, number, message }));
    if (reply[0] === 'into') {
      cid = reply[1];
      continue;
    }
    const [, data, stop, limit, used, waiting, chain] = reply;
    return {
      known: data === '' ? undefined : MessageData.parse(JSON.parse(data)),
      stop: stop === '' ? undefined : stop,
      room: { tier: limit < 0 ? undefined : { limit, used }, waiting, chain },
    };
  }
  throw new Error('Cannot look at a message: its conversation has become part of too many others');
}

function look(
  client: RedisClient,
  cid: ConversationId,
  { shard, number, message }: { shard: number; number: SendingNumber; message: NewMessage },
): Promise<unknown> {
  const keys = shardKeys(shard);
  const { data } = message;
  const keyList = [
    keys.message(data.mid),
    keys.chain(data.cid, data.class),
    keys.conversation(cid),
    keys.optOuts(number.tenant),
    keys.templates(wabaOf(number)),
    ledgerKey(keys, number),
    ...flightKeys(keys, number),
  ];
  const [, , facts = ''] = recordOf(message);
  const args = [number.id, number.throughput, tierLimit(number), TIER_DAY_MS, WINDOW_MS, facts];
  return foreseeScript.run(client, keyList, args);
}
