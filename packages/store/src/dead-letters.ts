import { DeadReason, MessageId } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { entryOf, flightKeys, shardKeys } from './keys.ts';
import type { MessageRef } from './message-ref.ts';
import { MessageBody, MessageData, parseAdmitted, type Admitted } from './record.ts';
import { loadScript } from './script.ts';

/** A message that will not be sent unless somebody says so. */
export interface DeadLetter {
  mid: MessageId;
  /** Unix ms. */
  diedAtMs: number;
  reason: DeadReason;
  /** Graph's code, or ours; empty when there is none. */
  code: string;
  /** How often it was POSTed. */
  attempts: number;
  data: MessageData;
  /** Only from `readDeadLetter`: holds personal data. */
  body?: MessageBody;
}

const replayScript = loadScript('replay');
const dropScript = loadScript('drop');
const ReplayReply = z.tuple([z.enum(['ok', 'no'])]).rest(z.string());
const PAGE = 200;

/** Walks a shard's dead letters, the newest first, in pages. */
export async function* listDeadLetters(client: RedisClient, shard: number): AsyncGenerator<DeadLetter> {
  const { dead } = shardKeys(shard);
  let before: string = '+inf';
  let skip = new Set<string>();
  for (;;) {
    const page = await client.zrevrangebyscore(
      dead,
      before,
      '-inf',
      'WITHSCORES',
      'LIMIT',
      0,
      PAGE + skip.size,
    );
    const entries = pairs(page).filter(([mid]) => !skip.has(mid));
    if (entries.length === 0) return;
    const letters = entries.map(([mid, at]) => readDeadLetter(client, shard, mid, { diedAtMs: Number(at) }));
    for (const letter of await Promise.all(letters)) if (letter) yield letter;
    const last = entries.at(-1)?.[1] ?? '-inf';
    skip = new Set([
      ...(last === before ? skip : []),
      ...entries.filter(([, at]) => at === last).map(([mid]) => mid),
    ]);
    before = last;
  }
}

/** One dead letter; undefined when there is none of that id. With `withBody` it holds what would have been sent, to whom. */
export async function readDeadLetter(
  client: RedisClient,
  shard: number,
  mid: string,
  options: { diedAtMs?: number; withBody?: boolean } = {},
): Promise<DeadLetter | undefined> {
  const keys = shardKeys(shard);
  const diedAt = options.diedAtMs ?? Number((await client.zscore(keys.dead, mid)) ?? Number.NaN);
  const fields = await client.hmget(keys.message(mid), 'state', 'reason', 'code', 'attempt', 'data');
  const [state, reason, code, attempts, data] = fields;
  if (state !== 'dead' || typeof data !== 'string' || Number.isNaN(diedAt)) return undefined;
  const body = options.withBody === true ? await client.hget(keys.message(mid), 'body') : null;
  return {
    mid: MessageId.parse(mid),
    diedAtMs: diedAt,
    reason: DeadReason.parse(reason),
    code: code ?? '',
    attempts: Number(attempts ?? 0),
    data: MessageData.parse(JSON.parse(data)),
    ...(body !== null && { body: MessageBody.parse(JSON.parse(body)) }),
  };
}

/** Puts a dead message at the end of its chain again: undefined when it is not dead any more or its body is gone. */
export async function replay(client: RedisClient, ref: MessageRef): Promise<Admitted[] | undefined> {
  const keys = shardKeys(ref.shard);
  const { number } = ref;
  const keyList = [
    keys.message(ref.mid),
    keys.dead,
    keys.chain(ref.cid, ref.class),
    ...flightKeys(keys, number),
  ];
  const args = [entryOf(ref), ref.class, number.id, number.throughput];
  const [kind, ...admitted] = ReplayReply.parse(await replayScript.run(client, keyList, args));
  return kind === 'ok' ? parseAdmitted(admitted) : undefined;
}

/** Gives a dead message up: its content goes. False when it is not dead. */
export async function drop(client: RedisClient, shard: number, mid: MessageId): Promise<boolean> {
  const keys = shardKeys(shard);
  return (await dropScript.run(client, [keys.message(mid), keys.dead], [mid])) === 1;
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((item, index) =>
    index % 2 === 0 ? [[item, flat[index + 1] ?? '0'] satisfies [string, string]] : [],
  );
}
