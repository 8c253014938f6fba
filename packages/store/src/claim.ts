import { ConversationId, DeadReason, type OwnEventType } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { EMITTED_MAX, typesOf } from './emitted.ts';
import { entryOf, flightKeys, ledgerKey, shardKeys, wabaOf } from './keys.ts';
import { RECORD_KEEP_S, TIER_DAY_MS, WINDOW_MS, type MessageRef } from './message-ref.ts';
import { currentIds, parseMoved } from './names/moved-ids.ts';
import { MessageBody, MessageData, parseAdmitted, type Admitted } from './record.ts';
import { loadScript } from './script.ts';
import { tierLimit } from './sending-number.ts';

/** What a message waits for: a time, a pause, or room under a limit. */
export const WaitScope = z.enum(['pair', 'number', 'tier', 'pause', 'template', 'media']);
export type WaitScope = z.infer<typeof WaitScope>;

/**
 * `go`: the attempt is this caller's, for `leaseMs` from now; `tries` have been used up; `alternative`: the window is closed and
 * the body's `outsideWindow` goes. `media`: the message shows files of the bundle, and nothing else keeps it: ask again with
 * `media`. `wait`: keep the job and ask again. `later`: it waits where it holds nothing, and `wakeNumber` lets it go on, in `ms`
 * (undefined: when somebody lifts what holds it). `ended`: it may not go. `no`: somebody else has it, or it is over. `admitted`:
 * messages that took its place in the queue.
 */
export type Claim =
  | {
      kind: 'go';
      admitted: Admitted[];
      attempt: number;
      tries: number;
      alternative: boolean;
      data: MessageData;
      body: MessageBody;
    }
  | { kind: 'media'; admitted: Admitted[]; alternative: boolean; body: MessageBody }
  | { kind: 'wait'; ms: number }
  | { kind: 'later'; admitted: Admitted[]; ms: number | undefined; scope: WaitScope }
  | { kind: 'ended'; admitted: Admitted[]; state: 'dead' | 'skipped'; reason: DeadReason }
  | { kind: 'no'; admitted: Admitted[]; state: string };

export interface ClaimOptions {
  leaseMs: number;
  /** The most that the caller waits in hand for a contact's rate; for a number's it does in any case, a second at most. */
  handMs: number;
  keepS?: number;
  /** Whether the message's files are at Meta, or how long it shall wait for that; not known without it. */
  media?: 'ready' | { laterMs: number };
  /** What subscribers of the team want to hear of. */
  wanted?: ReadonlySet<OwnEventType> | undefined;
}

// Of conversations that became part of another.
const HOPS_MAX = 8;

const claimScript = loadScript('claim');
const Entries = z.array(z.string());
const Reply = z.union([
  z.tuple([z.literal('into'), Entries, ConversationId]),
  z.tuple([z.literal('go'), Entries, z.number(), z.number(), z.string(), z.string(), z.string(), z.string()]),
  z.tuple([z.literal('media'), Entries, z.string(), z.string()]),
  z.tuple([z.literal('wait'), Entries, z.number()]),
  z.tuple([z.literal('later'), Entries, z.number(), WaitScope]),
  z.tuple([z.literal('ended'), Entries, z.enum(['dead', 'skipped']), DeadReason]),
  z.tuple([z.literal('no'), Entries, z.string()]),
]);

/**
 * Asks for one attempt of a message: takes every limit's token, or none and says what it waits for. `body.to` is the contact's
 * address of now, in the conversation that the message's own may have become part of.
 */
export async function claim(client: RedisClient, ref: MessageRef, options: ClaimOptions): Promise<Claim> {
  let { cid } = ref;
  for (let hop = 0; hop <= HOPS_MAX; hop += 1) {
    const reply = await claimIn(client, cid, ref, options);
    if (reply[0] !== 'into') return read(reply);
    cid = reply[2];
  }
  throw new Error('Cannot claim a message: its conversation has become part of too many others');
}

async function claimIn(
  client: RedisClient,
  cid: ConversationId,
  ref: MessageRef,
  options: ClaimOptions,
): Promise<z.infer<typeof Reply>> {
  const keys = shardKeys(ref.shard);
  const { number } = ref;
  const keyList = [
    keys.message(ref.mid),
    keys.dead,
    keys.chain(ref.cid, ref.class),
    keys.pair(cid),
    ledgerKey(keys, number),
    keys.optOuts(number.tenant),
    keys.templates(wabaOf(number)),
    keys.conversation(cid),
    ...flightKeys(keys, number),
    keys.emitted,
  ];
  const { leaseMs, handMs, keepS = RECORD_KEEP_S, media } = options;
  const args = [
    entryOf(ref),
    ref.class,
    number.id,
    leaseMs,
    handMs,
    number.throughput,
    tierLimit(number),
    number.tierCounts,
    keepS,
    TIER_DAY_MS,
    WINDOW_MS,
    ref.turn ?? 0,
    typeof media === 'object' ? Math.ceil(media.laterMs) : (media ?? ''),
    EMITTED_MAX,
    typesOf(options.wanted),
  ];
  return Reply.parse(await claimScript.run(client, keyList, args));
}

function read(reply: Exclude<z.infer<typeof Reply>, ['into', ...unknown[]]>): Claim {
  const admitted = parseAdmitted(reply[1]);
  switch (reply[0]) {
    case 'go': {
      const [, , attempt, tries, alternative, data, body, moved] = reply;
      const parsed = MessageBody.parse(JSON.parse(body));
      return {
        kind: 'go',
        admitted,
        attempt,
        tries,
        alternative: alternative !== '',
        data: MessageData.parse(JSON.parse(data)),
        body: { ...parsed, to: currentIds(parsed.to, parseMoved(moved)) },
      };
    }
    case 'media':
      return {
        kind: 'media',
        admitted,
        alternative: reply[2] !== '',
        body: MessageBody.parse(JSON.parse(reply[3])),
      };
    case 'wait':
      return { kind: 'wait', ms: reply[2] };
    case 'later':
      return { kind: 'later', admitted, ms: reply[2] < 0 ? undefined : reply[2], scope: reply[3] };
    case 'ended':
      return { kind: 'ended', admitted, state: reply[2], reason: reply[3] };
    case 'no':
      return { kind: 'no', admitted, state: reply[2] };
  }
}
