import { DeadReason, readAs, type MessageId } from '@alur/types';
import type { RedisClient } from '../connection.ts';
import { shardKeys } from '../keys.ts';
import { MessageBody, MessageData } from '../record.ts';
import { findPlace, type MessagePlace } from './message-place.ts';
import { parseSteps, parseWaits, type LifeStep, type LifeWait } from './parse-life.ts';

/** All that is known of one message, from when it was queued. */
export interface MessageLife {
  mid: MessageId;
  data: MessageData;
  state: string;
  /** Why it is dead or was skipped. */
  reason?: DeadReason | undefined;
  /** Of the last refusal, failure or silence: Graph's, or ours. */
  code?: string | undefined;
  attempts: number;
  wamid?: string | undefined;
  createdAtMs: number;
  /** In the order in which they became known. */
  steps: readonly LifeStep[];
  waits: readonly LifeWait[];
  /** Where it waits, while it does. */
  place?: MessagePlace | undefined;
  /** Until when its attempt is its sender's, while one is open. */
  leaseUntilMs?: number | undefined;
  /** When somebody looks at it next, while it is open and nobody has it in hand. */
  nextLookMs?: number | undefined;
  /** To whom it was written: personal data, known only while it is open or dead. */
  to?: MessageBody['to'] | undefined;
}

const FIELDS = [
  'data',
  'state',
  'reason',
  'code',
  'attempt',
  'wamid',
  'created',
  'life',
  'waits',
  'lease',
  'body',
] as const;

/** undefined when there is no such message: it never was, or ended more than eight days ago. */
export async function readMessageLife(
  client: RedisClient,
  shard: number,
  mid: MessageId,
): Promise<MessageLife | undefined> {
  const keys = shardKeys(shard);
  const [values, look] = await Promise.all([
    client.hmget(keys.message(mid), ...FIELDS),
    client.zscore(keys.outbox, mid),
  ]);
  const record = Object.fromEntries(FIELDS.map((field, index) => [field, values[index] ?? '']));
  const { data = '', state = '', code = '', wamid = '', created, life = '', waits = '' } = record;
  if (data === '') return undefined;
  const parsed = MessageData.parse(JSON.parse(data));
  const createdAtMs = Number(created);
  const { lease = '', body = '' } = record;
  return {
    mid,
    data: parsed,
    state,
    reason: readAs(DeadReason, record['reason']).data,
    ...(code !== '' && { code }),
    attempts: Number(record['attempt']),
    ...(wamid !== '' && { wamid }),
    createdAtMs,
    steps: parseSteps(life, createdAtMs),
    waits: parseWaits(waits, createdAtMs),
    ...(state === 'queued' && { place: await findPlace(client, shard, parsed) }),
    ...(state === 'attempting' && lease !== '' && { leaseUntilMs: Number(lease) }),
    ...(state === 'unknown' && Number.isFinite(Number(look)) && { nextLookMs: Number(look) }),
    ...(body !== '' && { to: MessageBody.parse(JSON.parse(body)).to }),
  };
}
