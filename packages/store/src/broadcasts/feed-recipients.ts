import { fillColumns, hash, MessageId, TemplateMessage, readAs } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { openConversation } from '../enqueue.ts';
import { contactHashes, flightKeys, shardKeys, wabaOf } from '../keys.ts';
import { type Admitted, type NewMessage, parseAdmitted, recordOf } from '../record.ts';
import { loadScript } from '../script.ts';
import type { SendingNumber } from '../sending-number.ts';
import { templateName, type Broadcast, type BroadcastId, type BroadcastRef } from './broadcast.ts';
import { readRows } from './create-broadcast.ts';
import { readOutcomes } from './outcomes.ts';
import { parseRecipient, type Recipient } from './recipient.ts';

/** The most of one call: a script stands in everybody's way. */
const RECIPIENTS_PER_FEED = 100;

const feedScript = loadScript('feed-recipients');
const Reply = z.tuple([z.number()]).rest(z.string());
// Checked when it was added, with its values; here only that it is one.
const Filled = z.custom<TemplateMessage>((value) => typeof value === 'object' && value !== null);

/** `fed`: recipients that the cursor went over. undefined: another runner was faster, or it does not run any more. */
export interface FedRecipients {
  fed: number;
  admitted: Admitted[];
}

/**
 * Gives the next recipients their messages, at most a hundred, and moves the cursor behind them. Any number of runners may do so at once
 * and stop anywhere: message, byte and cursor are written in one moment. Whoever wants no such message is passed over.
 */
export async function feedRecipients(
  client: RedisClient,
  ref: BroadcastRef,
  { broadcast, number, count }: { broadcast: Broadcast; number: SendingNumber; count: number },
): Promise<FedRecipients | undefined> {
  const { fed, total } = broadcast;
  const most = Math.min(count, RECIPIENTS_PER_FEED, total - fed);
  const [rows, bytes] = await Promise.all([
    readRows(client, ref, fed, most),
    readOutcomes(client, ref, fed, most),
  ]);
  const parts = await Promise.all(
    rows.flatMap((row, place) =>
      bytes[place] === '.' ? [partOf(client, ref, { row, index: fed + place, broadcast, number })] : [],
    ),
  );
  const keys = shardKeys(ref.shard);
  const keyList = [
    keys.broadcast(ref.bid),
    keys.outcomes(ref.bid),
    keys.openRecipients(ref.bid),
    keys.optOuts(ref.tenant),
    keys.templates(wabaOf(number)),
    ...flightKeys(keys, number),
    ...parts.flatMap(({ keyList: own }) => own),
  ];
  const { name } = templateName(broadcast);
  const limits = [number.id, number.throughput, name, broadcast.category ?? '', broadcast.erased];
  const args = [fed, fed + most, ...limits, ...parts.flatMap(({ args: own }) => own)];
  const [ok, ...admitted] = Reply.parse(await feedScript.run(client, keyList, args));
  return ok === 1 ? { fed: most, admitted: parseAdmitted(admitted) } : undefined;
}

interface Part {
  keyList: string[];
  args: (string | number)[];
}

interface ToFeed {
  row: string;
  index: number;
  broadcast: Broadcast;
  number: SendingNumber;
}

async function partOf(client: RedisClient, ref: BroadcastRef, given: ToFeed): Promise<Part> {
  const { row, index, number, broadcast } = given;
  const keys = shardKeys(ref.shard);
  const mid = recipientMid(ref.bid, index);
  const recipient = parseRecipient(row);
  // Its place holds a key, so that those of the others stay where the script looks.
  if (recipient === undefined)
    return { keyList: [keys.message(mid), keys.message(mid)], args: [index, mid, '', '', '', '', ''] };
  const cid = await openConversation(client, ref.shard, number, recipient);
  const message = messageOf(broadcast, recipient, { mid, cid, number });
  return {
    keyList: [keys.message(mid), keys.chain(cid, 'broadcast')],
    args: [index, mid, cid, contactHashes(ref.tenant, recipient).join(' '), ...recordOf(message)],
  };
}

/** The id of a recipient's message: whoever feeds, and however often, it is the same. */
export function recipientMid(bid: BroadcastId, index: number): MessageId {
  return MessageId.parse(hash('broadcast', bid, index));
}

function messageOf(
  broadcast: Broadcast,
  { waId, userId, values }: Recipient,
  { mid, cid, number }: Pick<NewMessage['data'], 'mid' | 'cid'> & { number: SendingNumber },
): NewMessage {
  const { tenant, team, columns, template, ttlS, category } = broadcast;
  const named = new Map(columns.map((column, place) => [column, values[place] ?? '']));
  const filled = {
    kind: 'template',
    template: fillColumns(template, named),
    ...(ttlS !== undefined && { ttlS }),
  };
  return {
    data: { mid, cid, class: 'broadcast', tenant, team, number: number.id, broadcast: broadcast.bid },
    body: { to: { waId, userId }, message: Filled.parse(filled) },
    retryOnRateLimit: true,
    category,
  };
}

/** The template message that a recipient gets, checked; or what is wrong with it. */
export function readMessageFor(
  { template, ttlS }: Pick<Broadcast, 'template' | 'ttlS'>,
  values: ReadonlyMap<string, string>,
) {
  return readAs(TemplateMessage, {
    kind: 'template',
    template: fillColumns(template, values),
    ...(ttlS !== undefined && { ttlS }),
  });
}
