import { type EventId, HttpResult, type Journal } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { IDLE_CONVERSATION_S } from './conversation.ts';
import { shardKeys } from './keys.ts';
import type { ReadyEntry } from './ready.ts';
import { loadScript } from './script.ts';

/** What came of a call that a turn asked for. `version` is the one that the turn saw, `key` names the call. */
export interface Answer {
  evt: EventId;
  version: number;
  key: string;
  result: HttpResult;
}

/** `ok`: `result` is what a turn may see, perhaps another runner's. `stale`: somebody else owns the conversation. */
export type Recorded = { kind: 'ok'; result: HttpResult } | { kind: 'stale' };

const RecordReply = z.union([z.tuple([z.literal('ok'), z.string()]), z.tuple([z.literal('stale')])]);
const Texts = z.array(z.string());
const recordScript = loadScript('record-answer');

export async function recordAnswer(
  client: RedisClient,
  entry: ReadyEntry,
  { evt, version, key, result }: Answer,
): Promise<Recorded> {
  const keys = shardKeys(entry.shard);
  const keyList = [keys.inbox(entry.cid), keys.conversation(entry.cid)];
  const args = [evt, version, key, JSON.stringify(result), IDLE_CONVERSATION_S];
  const [kind, stands] = RecordReply.parse(await recordScript.run(client, keyList, args));
  return kind === 'stale' ? { kind } : { kind, result: HttpResult.parse(JSON.parse(stands)) };
}

/** Reads a stored journal: keys and results in turn, each result as its own JSON text. */
export function parseJournal(json: string): Journal {
  if (json === '') return {};
  const texts = Texts.parse(JSON.parse(json));
  const journal: Journal = {};
  for (let index = 0; index < texts.length; index += 2)
    journal[texts[index] ?? ''] = HttpResult.parse(JSON.parse(texts[index + 1] ?? ''));
  return journal;
}
