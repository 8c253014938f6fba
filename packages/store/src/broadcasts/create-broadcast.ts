import { z } from 'zod';
import type { RedisClient } from '../connection.ts';
import { contactHashes, shardKeys, teamField } from '../keys.ts';
import { loadScript } from '../script.ts';
import { type BroadcastPlan, type BroadcastRef, tenantsBroadcasts } from './broadcast.ts';
import { formatRecipient, type Recipient } from './recipient.ts';

/** A draft that nobody touches goes after this long. */
const DRAFT_KEEP_S = 30 * 86_400;
/** Recipients of one broadcast. */
export const RECIPIENTS_MAX = 5_000_000;
/** The most of one call of `addRecipients`. */
export const RECIPIENTS_PER_CALL = 1_000;
const BROADCASTS_MAX = 1_000;
/** Of a hash, enough that no two of millions meet: 96 bits. */
const SHORT_HEX = 24;

const createScript = loadScript('create-broadcast');
const addScript = loadScript('add-recipients');

const Created = z.enum(['new', 'known', 'full']);

/** Makes a draft. `known`: it is there, and stays as it is, or was deleted after it had begun. `full`: the tenant has a thousand. */
export async function createBroadcast(
  client: RedisClient,
  ref: BroadcastRef,
  plan: BroadcastPlan,
): Promise<'new' | 'known' | 'full'> {
  const keys = shardKeys(ref.shard);
  const keyList = [keys.broadcast(ref.bid), keys.broadcasts(ref.tenant)];
  const fields = ['mark', teamField(ref.tenant, ref.team), 'plan', JSON.stringify(plan)];
  const args = [`${ref.team}/${ref.bid}`, DRAFT_KEEP_S, BROADCASTS_MAX, ...fields];
  const create = async () => Created.parse(await createScript.run(client, keyList, args));
  const created = await create();
  if (created !== 'full') return created;
  // Those whose time is over leave the list by being looked at.
  await tenantsBroadcasts(client, ref.shard, ref.tenant);
  return create();
}

/** What became of a recipient that was to be added. `twice`: there is one already, in another spelling perhaps. */
export type Addition = 'added' | 'twice' | 'full';

const ADDITIONS: Readonly<Record<string, Addition>> = { a: 'added', d: 'twice', f: 'full' };

/**
 * Brings recipients into a draft, in order, at most a thousand; undefined when there is no such draft. Each of a broadcast is added once,
 * so the same may be added again after a fault.
 */
export async function addRecipients(
  client: RedisClient,
  ref: BroadcastRef,
  recipients: readonly Recipient[],
): Promise<Addition[] | undefined> {
  if (recipients.length > RECIPIENTS_PER_CALL)
    throw new RangeError(
      `Cannot add ${recipients.length} recipients: at most ${RECIPIENTS_PER_CALL} at once`,
    );
  const keys = shardKeys(ref.shard);
  const keyList = [keys.broadcast(ref.bid), keys.recipients(ref.bid), keys.addressed(ref.bid)];
  const rows = recipients.flatMap((recipient) => {
    const [one, two] = shortHashes(contactHashes(ref.tenant, recipient));
    if (one === undefined) throw new TypeError('Cannot add a recipient: it has no id');
    return [formatRecipient(recipient), one, two ?? ''];
  });
  const args = [DRAFT_KEEP_S, RECIPIENTS_MAX, teamField(ref.tenant, ref.team), ...rows];
  const said = z.string().parse(await addScript.run(client, keyList, args));
  if (said === '' && recipients.length > 0) return undefined;
  return [...said].map((letter) => ADDITIONS[letter] ?? 'full');
}

/** Hashes of who somebody is, as drafts remember whom they hold. */
export function shortHashes(hashes: readonly string[]): Buffer[] {
  return hashes.map((each) => Buffer.from(each.slice(0, SHORT_HEX), 'hex'));
}

/** Rows of recipients from an index on, erased ones too. */
export async function readRows(
  client: RedisClient,
  { shard, bid }: BroadcastRef,
  from: number,
  count: number,
): Promise<string[]> {
  return client.lrange(shardKeys(shard).recipients(bid), from, from + count - 1);
}
