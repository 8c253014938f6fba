import {
  aliasHash,
  hash,
  type ConversationId,
  type MessageClass,
  type MessageId,
  type NumberId,
  type Tier,
} from '@alur/types';
import type { SendingNumber } from './sending-number.ts';

// Every key of a tenant carries the tag of its shard, so a script touches one slot, and Redis Cluster can spread
// shards over nodes. Nothing personal stands in a key: ids are hashes or random.

/** The shard of a tenant, 0 to shards - 1. */
export function shardOf(tenant: string, shards: number): number {
  return Number.parseInt(hash('shard', tenant).slice(0, 8), 16) % shards;
}

/** The names of all keys of one shard. */
export type Keys = ReturnType<typeof keysOf>;

const cache = new Map<number, Keys>();

function keysOf(shard: number) {
  const tag = `{s${shard}}`;
  return {
    shard,
    ...flowKeys(tag),
    ...broadcastKeys(tag),
    ...endKeys(tag),
    ...contactKeys(tag),
    ...numberKeys(tag),
    /** Stream: conversations whose inbox is not empty. */
    ready: `${tag}:ready`,
    /** List of events, oldest first. */
    inbox: (cid: string) => `${tag}:inbox:${cid}`,
    /** Hash: session, version, contact. */
    conversation: (cid: string) => `${tag}:conv:${cid}`,
    /** List: what happened in a conversation, the newest first. */
    trace: (cid: string) => `${tag}:trace:${cid}`,
    /** String: the wamid of a message that shall be marked as read. */
    readReceipt: (evt: string) => `${tag}:read:${evt}`,
    /** String: the media id of a file at a number, and when it was uploaded. */
    mediaId: (mark: string) => `${tag}:media:${mark}`,
    /** String: who uploads it. */
    mediaLease: (mark: string) => `${tag}:medialease:${mark}`,
    /** Hash of the events of one day and one prefix that were accepted. */
    seen: (day: number, prefix: number) => `${tag}:seen:${day}:${prefix}`,
    /** Hash: one outbound message. */
    message: (mid: string) => `${tag}:msg:${mid}`,
    /** List: what waits in a conversation and class, in order; only its head may go. */
    chain: (cid: ConversationId, messageClass: MessageClass) => `${tag}:chain:${cid}:${messageClass}`,
    /** Hash: how many calls of the API a key has left for a team. */
    calls: (callerHash: string) => `${tag}:calls:${callerHash}`,
    /** Hash of the wamids of one day and one prefix: which attempt each belongs to. */
    wamids: (day: number, prefix: number) => `${tag}:wamids:${day}:${prefix}`,
    /** List: statuses that came before the wamid that they name was known. */
    early: (wamidHash: string) => `${tag}:early:${wamidHash}`,
  };
}

/** Who contacts are, and what holds for them. */
function contactKeys(tag: string) {
  return {
    /** Sorted set: the contacts of a team, as `memberOf` names them, by their last event (Unix s). */
    contacts: (teamHash: string) => `${tag}:contacts:${teamHash}`,
    /** String: the conversation that a way to name a contact belongs to. */
    alias: (aliasHash: string) => `${tag}:alias:${aliasHash}`,
    /** Hash: how much a number may still say to a contact at once. */
    pair: (cid: ConversationId) => `${tag}:pair:${cid}`,
    /** Set: where the data of a contact is that is being erased. */
    erasing: (contactHash: string) => `${tag}:erasing:${contactHash}`,
    /** Hash: contact (hashed) → its wishes and holds. */
    optOuts: (tenant: string) => `${tag}:optouts:${tenant}`,
  };
}

/** What waits at a number, and what limits it. */
function numberKeys(tag: string) {
  return {
    /** List: chain heads of a number that wait for admission. */
    lane: (number: NumberId, messageClass: MessageClass) => `${tag}:lane:${number}:${messageClass}`,
    /** Sorted set: messages of a number in the tier queue, not yet claimed. */
    admitted: (number: NumberId) => `${tag}:admitted:${number}`,
    /** Sorted set: messages of a number between claim and finish. */
    attempting: (number: NumberId) => `${tag}:attempting:${number}`,
    /** Sorted set: messages of a number that went out or came in a moment ago, by when (Unix ms). */
    throughput: (number: NumberId) => `${tag}:throughput:${number}`,
    /** Hash: a number's pause, and what Meta said of its limits. */
    number: (number: NumberId) => `${tag}:number:${number}`,
    /** Hash: pause and restriction of a WABA. */
    waba: (waba: string) => `${tag}:waba:${waba}`,
    /** Hash: template (name, or name:language) → Unix ms until which it may not be sent. */
    templates: (waba: string) => `${tag}:templates:${waba}`,
    /** Sorted set: messages of a number that wait for a time, by it (Unix ms). */
    later: (number: NumberId) => `${tag}:later:${number}`,
    /** List: messages of a number that wait for room in its tier. */
    tierWait: (number: NumberId) => `${tag}:tierwait:${number}`,
    /** Sorted set: who was written to under a tier's limit, by when last counted (Unix ms). */
    ledger: (scope: string) => `${tag}:tier:${scope}`,
    /** Sorted set: numbers by when somebody has to look at them (Unix ms). */
    wakes: `${tag}:wakes`,
    /** String: the newest turn in a tier's queue that a sender has come to. */
    servedTurn: (tier: Tier) => `${tag}:turn:${tier}`,
    /** String: the last turn in a tier's queue that a tenant was given. */
    tenantTurn: (tier: Tier, tenant: string) => `${tag}:turn:${tier}:${tenant}`,
  };
}

/** What waits for a time or for somebody, and the flows themselves. */
function flowKeys(tag: string) {
  return {
    /** Sorted set: conversations by when their timer is due (Unix ms). */
    timers: `${tag}:timers`,
    /** Sorted set, by name: the contacts of a team that have a tag, as `memberOf` names them. */
    tagged: (tagHash: string) => `${tag}:tagged:${tagHash}`,
    /** Hash: the next occurrence of a schedule, and how far the one that runs has come. */
    schedule: (scheduleHash: string) => `${tag}:schedule:${scheduleHash}`,
    /** Stream: what flows emitted for subscribers, capped in number. */
    emitted: `${tag}:emitted`,
    /** Hash: how far a subscriber has been told of them, who tells it, and since when that fails. */
    subscription: (subscriptionHash: string) => `${tag}:subscription:${subscriptionHash}`,
    /** Sorted set: events that a subscriber did not take in time, by when they were given up (Unix ms). */
    undelivered: `${tag}:undelivered`,
    /** Hash of these events, capped in number and age. */
    undeliveredEvents: `${tag}:undeliveredevents`,
    /** String: the files of a set of flows, each by its path and the hash of its text. */
    manifest: (flowsHash: string) => `${tag}:flows:${flowsHash}`,
    /** String: the text of a file of flows. */
    source: (textHash: string) => `${tag}:source:${textHash}`,
    /** Hash: team → hash of the last set of flows that was good. */
    lastGood: `${tag}:lastgood`,
    /** Hash: team → what its flows want to hear of. */
    wants: `${tag}:wants`,
  };
}

/** What is open, and what did not go. */
function endKeys(tag: string) {
  return {
    /** Sorted set: the newest attempts of a number that have had a status. */
    statusesSeen: (number: NumberId) => `${tag}:statuses:${number}`,
    /** Sorted set: open messages by next check (Unix ms; +inf while they wait in a chain or lane). */
    outbox: `${tag}:outbox`,
    /** Sorted set: dead messages by time of death. */
    dead: `${tag}:dead`,
    /** Stream: what was not understood or could not be run, capped in number and age. */
    quarantine: `${tag}:quarantine`,
  };
}

function broadcastKeys(tag: string) {
  return {
    /** Sorted set: a tenant's broadcasts (team/bid), by when they were made (Unix ms). */
    broadcasts: (tenant: string) => `${tag}:broadcasts:${tenant}`,
    /** Hash: what a broadcast says, where it stands, and how far it is fed. */
    broadcast: (bid: string) => `${tag}:broadcast:${bid}`,
    /** List: its recipients, each a JSON array; '' for one that was erased. */
    recipients: (bid: string) => `${tag}:recipients:${bid}`,
    /** String: what became of each, one byte a recipient. */
    outcomes: (bid: string) => `${tag}:outcomes:${bid}`,
    /** Sorted set: recipients whose message is open, by index. */
    openRecipients: (bid: string) => `${tag}:openrecipients:${bid}`,
    /** Set: who is among the recipients of a draft, hashed. */
    addressed: (bid: string) => `${tag}:addressed:${bid}`,
    /** Sorted set: broadcasts (tenant/team/bid) by when somebody has to look at them (Unix ms). */
    feeds: `${tag}:feeds`,
    /** String: which runner feeds them. */
    feeder: `${tag}:feeder`,
  };
}

/** `keysOf`, made once a shard. */
export function shardKeys(shard: number): Keys {
  let keys = cache.get(shard);
  if (keys === undefined) {
    keys = keysOf(shard);
    cache.set(shard, keys);
  }
  return keys;
}

/** The fourteen keys that scripts call a number's flight, in their order. */
export function flightKeys(keys: Keys, number: SendingNumber): string[] {
  const { id, tier, tenant } = number;
  return [
    keys.number(id),
    keys.waba(wabaOf(number)),
    keys.admitted(id),
    keys.attempting(id),
    ...laneKeys(keys, id),
    keys.later(id),
    keys.tierWait(id),
    keys.wakes,
    keys.outbox,
    keys.servedTurn(tier),
    keys.tenantTurn(tier, tenant),
    keys.throughput(id),
  ];
}

/** Whose ledger a number's tier is counted in. */
export function ledgerKey(keys: Keys, number: SendingNumber): string {
  const { id, tierScope, portfolio } = number;
  return keys.ledger(tierScope === 'portfolio' && portfolio !== undefined ? `p-${portfolio}` : id);
}

/** A number whose WABA is not known is one of its own. */
export function wabaOf({ id, businessAccountId }: SendingNumber): string {
  return businessAccountId ?? `n-${id}`;
}

export function laneKeys(keys: Keys, number: NumberId): string[] {
  return [keys.lane(number, 'reply'), keys.lane(number, 'notification'), keys.lane(number, 'broadcast')];
}

/** How a chain or lane names a message: enough to make the keys of its job. */
export function entryOf({ mid, cid }: { mid: MessageId; cid: ConversationId }): string {
  return mid + cid;
}

/** The index of those who have a tag of a team. */
export function taggedKey(keys: Keys, tenant: string, team: string, tag: string): string {
  return keys.tagged(hash('tag', tenant, team, tag));
}

/** The index of a team's contacts. */
export function contactsKey(keys: Keys, tenant: string, team: string): string {
  return keys.contacts(hash('contacts', tenant, team));
}

/** How an index of contacts names one: the conversation, and the number that it is with. */
export function memberOf(cid: string, number: NumberId): string {
  return cid + number;
}

/** A team as a field of its shard's hashes. */
export function teamField(tenant: string, team: string): string {
  return `${tenant}/${team}`;
}

/** The aliases of a contact at a number, the surest first: both lead to one conversation. */
export function aliasesOf(
  number: NumberId,
  contact: { waId?: string | undefined; userId?: string | undefined },
): string[] {
  const names: string[] = [];
  if (contact.userId !== undefined) names.push(aliasHash(number, 'user_id', contact.userId));
  if (contact.waId !== undefined) names.push(aliasHash(number, 'wa_id', contact.waId));
  return names;
}

/** The ids by which a contact is known to a tenant, hashed: what opt-outs and ledgers hold. */
export function contactHashes(
  tenant: string,
  to: { waId?: string | undefined; userId?: string | undefined },
): string[] {
  const hashes: string[] = [];
  if (to.waId !== undefined) hashes.push(hash('contact', tenant, 'wa_id', to.waId));
  if (to.userId !== undefined) hashes.push(hash('contact', tenant, 'user_id', to.userId));
  return hashes;
}
