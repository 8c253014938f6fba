import { ConversationId, hash, type DeadReason, type OwnEventType, type StatusUpdate } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { EMITTED_MAX, typesOf } from './emitted.ts';
import { entryOf, flightKeys, ledgerKey, shardKeys, wabaOf } from './keys.ts';
import { RECORD_KEEP_S, type MessageRef } from './message-ref.ts';
import { parseAdmitted, type Admitted } from './record.ts';
import { loadScript, type ScriptArgument } from './script.ts';
import { earlyKey, parseEarly, shortWamid, wamidsKey, WAMID_KEEP_S } from './wamids.ts';

/**
 * What came of an attempt. `retry` costs a try. The `wait_*`, `pause_*` and `configuration` kinds cost none and hold what they are
 * about: the contact, the number, the WABA; a pause without `ms` lasts until it is lifted. `dead` reasons are those to
 * give when the message may not be tried again.
 */
export type AttemptOutcome =
  | { kind: 'sent'; wamid: string }
  | { kind: 'unknown'; code: string; graceMs: number }
  | { kind: 'dead'; code: string; reason: DeadReason }
  | {
      kind: 'retry' | 'wait_number' | 'wait_waba' | 'wait_pair' | 'hold_marketing';
      code: string;
      reason: DeadReason;
      ms: number;
    }
  | {
      kind: 'pause_number' | 'pause_waba' | 'template';
      code: string;
      reason: DeadReason;
      ms: number | undefined;
    }
  | { kind: 'configuration' | 'window_closed' | 'opted_out'; code: string; reason: DeadReason };

export interface FinishOptions {
  outcome: AttemptOutcome;
  /** How often a refused attempt may be repeated. */
  maxTries: number;
  /** Tells one credential from another without being it. */
  credentialMark: string;
  /** 1 to 1.5: spreads what waits for the same thing. */
  spread: number;
  /** The template that was sent, by `templateOf`. */
  template?: string | undefined;
  /** From the call of `claim` to the first byte, in ms: -1 when nothing was written, missing when nobody knows. */
  writtenMs?: number | undefined;
  keepS?: number;
  /** What subscribers of the team want to hear of. */
  wanted?: ReadonlySet<OwnEventType> | undefined;
}

/**
 * `ok` is false when the attempt is not open any more; then nothing was changed but what is known of its wamid. An attempt that was
 * taken counts however late that is heard.
 */
export interface Finished {
  ok: boolean;
  admitted: Admitted[];
  /** When somebody should look at the number (`wakeNumber`), in ms from now. */
  lookMs: number | undefined;
  /** What the message is now. */
  state: string;
  /** Statuses that came before the wamid was known: to be merged now. */
  early: StatusUpdate[];
}

// Of conversations that became part of another.
const HOPS_MAX = 8;

const finishScript = loadScript('finish');
const Reply = z.tuple([z.string(), z.array(z.string()), z.number(), z.string()]).rest(z.string());

/** Records what came of an attempt and lets the next messages go. */
export async function finish(
  client: RedisClient,
  ref: MessageRef,
  attempt: number,
  options: FinishOptions,
): Promise<Finished> {
  let { cid } = ref;
  for (let hop = 0; hop <= HOPS_MAX; hop += 1) {
    const keys = keysFor(ref, cid, wamidOf(options.outcome));
    const reply = Reply.parse(await finishScript.run(client, keys, argumentsFor(ref, attempt, options)));
    if (reply[0] !== 'into') return read(reply);
    cid = ConversationId.parse(reply[3]);
  }
  throw new Error('Cannot finish a message: its conversation has become part of too many others');
}

function read([kind, admitted, lookMs, state, ...early]: z.infer<typeof Reply>): Finished {
  return {
    ok: kind === 'ok',
    admitted: parseAdmitted(admitted),
    lookMs: lookMs < 0 ? undefined : lookMs,
    state,
    early: parseEarly(early),
  };
}

/** `cid`: the message's conversation, or the one that it has become part of. */
function keysFor(ref: MessageRef, cid: ConversationId, wamid: string): string[] {
  const keys = shardKeys(ref.shard);
  const { number } = ref;
  return [
    keys.message(ref.mid),
    keys.dead,
    keys.chain(ref.cid, ref.class),
    keys.pair(cid),
    keys.optOuts(number.tenant),
    keys.templates(wabaOf(number)),
    keys.conversation(cid),
    wamidsKey(ref.shard, number.id, wamid),
    earlyKey(ref.shard, number.id, wamid),
    ...flightKeys(keys, number),
    ledgerKey(keys, number),
    keys.emitted,
  ];
}

function argumentsFor(ref: MessageRef, attempt: number, options: FinishOptions): ScriptArgument[] {
  const { number } = ref;
  const { outcome, maxTries, credentialMark, spread, template = '', keepS = RECORD_KEEP_S } = options;
  const wamid = wamidOf(outcome);
  return [
    entryOf(ref),
    ref.class,
    number.id,
    number.throughput,
    keepS,
    attempt,
    outcome.kind,
    'code' in outcome ? outcome.code : '',
    'reason' in outcome ? outcome.reason : '',
    waitOf(outcome),
    wamid,
    shortWamid(number.id, wamid),
    WAMID_KEEP_S,
    maxTries,
    credentialMark,
    spread,
    template,
    options.writtenMs ?? '',
    EMITTED_MAX,
    typesOf(options.wanted),
  ];
}

function wamidOf(outcome: AttemptOutcome): string {
  return outcome.kind === 'sent' ? outcome.wamid : '';
}

/** What tells a credential from the next one; useless to whoever reads it. */
export function credentialMark(secret: string): string {
  return hash('credential', secret).slice(0, 16);
}

function waitOf(outcome: AttemptOutcome): number {
  if (outcome.kind === 'unknown') return outcome.graceMs;
  return 'ms' in outcome ? (outcome.ms ?? -1) : 0;
}
