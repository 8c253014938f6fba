import { ConversationId, type InboundEvent, isFromContact, mintConversationId } from '@alur/types';
import { z } from 'zod';
import { AliasCache } from './names/alias-cache.ts';
import type { RedisClient } from './connection.ts';
import { IDLE_CONVERSATION_S } from './conversation.ts';
import { joinCalls } from './join-calls.ts';
import { aliasesOf, contactHashes, shardKeys, shardOf } from './keys.ts';
import { settleNames } from './names/settle-names.ts';
import { loadScript, type ScriptArgument } from './script.ts';
import { AHEAD_S, bucketEnd, dayOf, HORIZON_S, seenKey } from './seen.ts';
import { shortId } from './short-id.ts';

const EVENTS_PER_CALL = 100;
// Rounds in which nothing came in, but names were settled: of each contact the first event that waits. Others may be at it too.
const IDLE_ROUNDS_MAX = 6;

/** What became of an event. `old`: outside the eight days in which a repetition would be noticed. */
export type AcceptOutcome = 'new' | 'dup' | 'old';

const Results = z.array(z.string());
const accept = loadScript('accept');

export interface Intake {
  /**
   * Stores events durably, each once, in the order given; resolves when all are. Rejects at the first failed call:
   * then what came before is stored, and the whole may be repeated. An event that is not from a contact may have the
   * time of the call as its own: it is known again for a day at least.
   */
  accept(events: readonly InboundEvent[]): Promise<AcceptOutcome[]>;
}

export interface IntakeDeps {
  client: RedisClient;
  shards: number;
  /** What an event of a contact says about opting out, in its tenant's words. */
  wishOf: (event: InboundEvent) => 'out' | 'in' | undefined;
}

export function createIntake(deps: IntakeDeps): Intake {
  const aliases = new AliasCache();
  const acceptAll = async (events: readonly InboundEvent[]): Promise<AcceptOutcome[]> => {
    const outcomes: AcceptOutcome[] = [];
    for (const batch of batches(events, deps.shards)) {
      outcomes.push(...(await acceptBatch(batch, aliases, deps)));
    }
    return outcomes;
  };
  return { accept: joinCalls(acceptAll) };
}

interface Batch {
  tenant: string;
  shard: number;
  events: InboundEvent[];
}

/** Runs of events of one tenant, at most 100 each, in order. */
function batches(events: readonly InboundEvent[], shards: number): Batch[] {
  const result: Batch[] = [];
  for (const event of events) {
    const { tenant } = event;
    const last = result.at(-1);
    if (last?.tenant === tenant && last.events.length < EVENTS_PER_CALL) last.events.push(event);
    else result.push({ tenant, shard: shardOf(tenant, shards), events: [event] });
  }
  return result;
}

async function acceptBatch(batch: Batch, aliases: AliasCache, deps: IntakeDeps): Promise<AcceptOutcome[]> {
  const outcomes: AcceptOutcome[] = batch.events.map(() => 'dup');
  let open = batch.events.map((event, position) => ({ event, position }));
  for (let idle = 0; open.length > 0; idle += 1) {
    if (idle > IDLE_ROUNDS_MAX) throw new Error('Cannot accept events: their conversations keep moving');
    const asked = open;
    const results = await callAccept({ ...batch, events: asked.map((item) => item.event) }, aliases, deps);
    open = [];
    asked.forEach((item, index) => {
      const result = results[index];
      if (result === 'new' || result === 'dup' || result === 'old') outcomes[item.position] = result;
      else open.push(item);
    });
    if (open.length < asked.length) idle = 0;
  }
  return outcomes;
}

async function callAccept(batch: Batch, aliases: AliasCache, deps: IntakeDeps): Promise<string[]> {
  const keys = shardKeys(batch.shard);
  const numbers = [...new Set(batch.events.filter(isFromContact).map((event) => event.number))];
  const keyList = [keys.ready, keys.optOuts(batch.tenant), ...numbers.map(keys.throughput)];
  const args: ScriptArgument[] = [HORIZON_S, AHEAD_S, IDLE_CONVERSATION_S, numbers.length];
  const names = batch.events.map((event) => aliasesOf(event.number, event.from));
  batch.events.forEach((event, index) => {
    const own = names[index] ?? [];
    const known = aliases.find(own);
    const cid = known ?? aliases.keep(own, mintConversationId());
    const day = dayOf(event.at);
    const isOurs = !isFromContact(event);
    const days = isOurs ? [day, day - 1, day + 1] : [day];
    keyList.push(
      ...days.map((each) => seenKey(keys, each, event.evt)),
      keys.inbox(cid),
      ...own.map(keys.alias),
    );
    const item = event.evt + JSON.stringify(event);
    // Position 0: what is not from a contact came through no number.
    args.push(
      isOurs ? 0 : numbers.indexOf(event.number) + 1,
      own.length,
      shortId(event.evt),
      cid,
      event.at,
      bucketEnd(day),
      item,
    );
    const wish = isOurs ? undefined : deps.wishOf(event);
    args.push(wish ?? '', wish === undefined ? '' : contactHashes(batch.tenant, event.from).join(' '));
    args.push(known === undefined ? '1' : '', shortId(cid));
  });
  const results = Results.parse(await accept.run(deps.client, keyList, args));
  for (const [index, result] of results.entries()) {
    const event = batch.events[index];
    if (event) await learnNames(result, event, { names: names[index] ?? [], aliases, batch, deps });
  }
  return results;
}

/** What the script says of names that lead elsewhere, so that the next call asks for the right conversation. */
async function learnNames(
  result: string,
  { number, team, from, at }: InboundEvent,
  { names, aliases, batch, deps }: { names: string[]; aliases: AliasCache; batch: Batch; deps: IntakeDeps },
): Promise<void> {
  if (result.length === 32) aliases.keep(names, ConversationId.parse(result));
  if (result === 'mint') aliases.forget(names);
  if (result !== 'settle') return;
  const place = { shard: batch.shard, tenant: batch.tenant, team, number };
  const cid = await settleNames(deps.client, place, { ids: from, at });
  if (cid === undefined) aliases.forget(names);
  else aliases.keep(names, cid);
}
