import { ConversationId } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { entryOf, flightKeys, ledgerKey, shardKeys } from '../keys.ts';
import { RECORD_KEEP_S } from '../message-ref.ts';
import { loadScript } from '../script.ts';
import type { SendingNumber } from '../sending-number.ts';
import type { BroadcastRef } from './broadcast.ts';
import { recipientMid } from './feed-recipients.ts';
import { OUTCOME_LETTERS, readOutcomes } from './outcomes.ts';

const PART = 200;
const TAKEN_PER_CALL = 100;
/** What a message cannot come back from, or only by an operator. */
const LASTING = new Set(['.', 'q', 'r', 'o', 'e', 'g']);

const settleScript = loadScript('settle-recipients');
const takeBackScript = loadScript('take-back-recipients');

/** How many recipients have an open message. */
export async function countOpen(client: RedisClient, { shard, bid }: BroadcastRef): Promise<number> {
  return client.zcard(shardKeys(shard).openRecipients(bid));
}

/** Notes what has become of open messages, of at most `most` from place `from` on; returns how many are open no more. */
export async function settleOpen(
  client: RedisClient,
  ref: BroadcastRef,
  { from, most }: { from: number; most: number },
): Promise<number> {
  const names = await client.zrange(
    shardKeys(ref.shard).openRecipients(ref.bid),
    String(from),
    String(from + most - 1),
  );
  const letters = await settle(client, ref, names);
  return [...letters].filter((letter) => letter !== 'q').length;
}

/** Notes late receipts of recipients from an index on, of at most `count`. */
export async function settleLate(
  client: RedisClient,
  ref: BroadcastRef,
  { from, count }: { from: number; count: number },
): Promise<void> {
  const bytes = await readOutcomes(client, ref, from, count);
  const names = [...bytes].flatMap((byte, place) => (LASTING.has(byte) ? [] : [String(from + place)]));
  await settle(client, ref, names);
}

async function settle(client: RedisClient, ref: BroadcastRef, names: readonly string[]): Promise<string> {
  const keys = shardKeys(ref.shard);
  const { bid } = ref;
  const own = [keys.broadcast(bid), keys.outcomes(bid), keys.openRecipients(bid)];
  let letters = '';
  for (let start = 0; start < names.length; start += PART) {
    const part = names.slice(start, start + PART);
    const records = part.map((name) => keys.message(recipientMid(bid, indexOf(name))));
    letters += z
      .string()
      .parse(await settleScript.run(client, [...own, ...records], [OUTCOME_LETTERS, ...part]));
  }
  return letters;
}

function indexOf(name: string): number {
  return Number.parseInt(name, 10);
}

/**
 * Takes back what waits of a broadcast that does not run: its recipients are as if never fed. What a sender has in hand, or may have sent,
 * stays. Returns how many were taken back.
 */
export async function takeBack(
  client: RedisClient,
  ref: BroadcastRef,
  number: SendingNumber,
  keepS = RECORD_KEEP_S,
): Promise<number> {
  const keys = shardKeys(ref.shard);
  const names = await client.zrange(keys.openRecipients(ref.bid), '0', '-1');
  const own = [keys.broadcast(ref.bid), keys.outcomes(ref.bid), keys.openRecipients(ref.bid)];
  const numbers = [ledgerKey(keys, number), ...flightKeys(keys, number)];
  let total = 0;
  for (let start = 0; start < names.length; start += TAKEN_PER_CALL) {
    const messages = names.slice(start, start + TAKEN_PER_CALL).map((name) => {
      const mid = recipientMid(ref.bid, indexOf(name));
      const cid = ConversationId.parse(name.slice(name.indexOf(':') + 1));
      return { name, mid, cid, entry: entryOf({ mid, cid }) };
    });
    const keyList = messages.flatMap(({ mid, cid }) => [keys.message(mid), keys.chain(cid, 'broadcast')]);
    const args = [number.id, keepS, ...messages.flatMap(({ name, entry }) => [name, entry])];
    const taken = Number(await takeBackScript.run(client, [...own, ...numbers, ...keyList], args));
    if (taken < 0) return total;
    total += taken;
  }
  return total;
}
