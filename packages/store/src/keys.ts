import { hash, type ConversationId, type MessageClass, type MessageId, type NumberId } from '@alur/types';

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
    /** Stream: conversations whose inbox is not empty. */
    ready: `${tag}:ready`,
    /** List of events, oldest first. */
    inbox: (cid: string) => `${tag}:inbox:${cid}`,
    /** Hash: session, version, contact. */
    conversation: (cid: string) => `${tag}:conv:${cid}`,
    /** String: the conversation that a way to name a contact belongs to. */
    alias: (aliasHash: string) => `${tag}:alias:${aliasHash}`,
    /** Hash of the events of one day and one prefix that were accepted. */
    seen: (day: number, prefix: number) => `${tag}:seen:${day}:${prefix}`,
    /** Hash: one outbound message. */
    message: (mid: string) => `${tag}:msg:${mid}`,
    /** List: what waits in a conversation and class, in order; only its head may go. */
    chain: (cid: ConversationId, messageClass: MessageClass) => `${tag}:chain:${cid}:${messageClass}`,
    /** List: chain heads of a number that wait for admission. */
    lane: (number: NumberId, messageClass: MessageClass) => `${tag}:lane:${number}:${messageClass}`,
    /** Sorted set: messages of a number in the tier queue, not yet claimed. */
    admitted: (number: NumberId) => `${tag}:admitted:${number}`,
    /** Sorted set: messages of a number between claim and finish. */
    attempting: (number: NumberId) => `${tag}:attempting:${number}`,
    /** Hash: a number's throughput bucket. */
    throughput: (number: NumberId) => `${tag}:throughput:${number}`,
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

/** `keysOf`, made once a shard. */
export function shardKeys(shard: number): Keys {
  let keys = cache.get(shard);
  if (keys === undefined) {
    keys = keysOf(shard);
    cache.set(shard, keys);
  }
  return keys;
}

/** The five keys that scripts call a number's flight, in their order. */
export function flightKeys(keys: Keys, number: NumberId): string[] {
  return [keys.admitted(number), keys.attempting(number), ...laneKeys(keys, number)];
}

export function laneKeys(keys: Keys, number: NumberId): string[] {
  return [keys.lane(number, 'reply'), keys.lane(number, 'notification'), keys.lane(number, 'broadcast')];
}

/** How a chain or lane names a message: enough to make the keys of its job. */
export function entryOf(mid: MessageId, cid: ConversationId): string {
  return mid + cid;
}
