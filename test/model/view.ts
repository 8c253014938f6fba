import { flightKeys, ledgerKey, shardKeys } from '../../packages/store/src/keys.ts';
import { parseContents, shortened, type Contents } from './contents.ts';
import { CONVERSATION_OF, NAMES, NOW, SHARD, cidOf, midOf, numberWith, type Name } from './scenario.ts';

/** A message in Redis, by what the rules ask of it. Times are in ms from now, negative before it. */
export interface MessageView {
  state: string;
  attempt: number;
  tries: number;
  rank: number;
  unknownRetries: number;
  /** When its newest attempt was claimed. */
  started: number | undefined;
  reason: string | undefined;
  /** Its place in its chain; -1 when it is not in it. */
  inChain: number;
  /** How often it is in a lane. */
  inLanes: number;
  isAdmitted: boolean;
  isAttempting: boolean;
  /** When it may go on. */
  later: number | undefined;
  inTierWait: number;
  /** Its next check; Infinity while it waits its turn. */
  check: number | undefined;
  isDead: boolean;
  isExpiring: boolean;
}

/** All that steps and rules ask of Redis. */
export interface View {
  messages: Partial<Record<Name, MessageView>>;
  /** When somebody has to look at the number. */
  wake: number | undefined;
  /** What counts against the throughput; and the limits of contact and tier as they stand, as text. */
  spent: string[];
  pair: string;
  tier: string;
  pairLevel: number;
  tierUsed: number;
  admitted: number;
  flying: number;
  /** Attempts whose wamid is known, as tags. */
  wamids: string[];
  /** Claims that had a status, oldest first. */
  statusesSeen: number[];
  /** Instants to come at which something may happen, in ms from now, each once. */
  instants: number[];
  leftovers: string[];
}

const keys = shardKeys(SHARD);
const number = numberWith({ throughput: 80, tierCounts: 'business_initiated' });
const [, , admitted = '', attempting = '', ...waiting] = flightKeys(keys, number);
const [reply = '', notification = '', broadcast = '', laterKey = '', tierWait = ''] = waiting;
const ledger = ledgerKey(keys, number);

export function viewOf(text: string): View {
  const contents = parseContents(text);
  const { hashes, sets } = contents;
  const pairs = Object.keys(hashes).filter((key) => key.includes(':pair:'));
  const level = (key: string) => Number(hashes[key]?.['level'] ?? Infinity);
  const found = NAMES.flatMap((name) => {
    const seen = messageView(name, contents);
    return seen ? [[name, seen] satisfies [Name, MessageView]] : [];
  });
  return {
    messages: Object.fromEntries(found),
    wake: timeOf(sets[keys.wakes]?.[number.id]),
    spent: Object.keys(sets[keys.throughput(number.id)] ?? {}),
    pair: JSON.stringify(pairs.map((key) => hashes[key])),
    tier: JSON.stringify(sets[ledger] ?? {}),
    pairLevel: Math.min(Infinity, ...pairs.map(level)),
    tierUsed: size(sets[ledger]),
    admitted: size(sets[admitted]),
    flying: size(sets[admitted]) + size(sets[attempting]),
    wamids: wamidsOf(contents),
    statusesSeen: times(sets[keys.statusesSeen(number.id)]),
    instants: instantsOf(contents),
    leftovers: leftoversOf(contents),
  };
}

function messageView(name: Name, contents: Contents): MessageView | undefined {
  const record = contents.hashes[shortened(keys.message(midOf(name)))];
  // Of one that was withdrawn after an attempt, the count of attempts is left.
  if (record === undefined || record['state'] === 'withdrawn') return undefined;
  const { sets, lists } = contents;
  const mid = `<${name}>`;
  const conversation = CONVERSATION_OF[name];
  const entry = `${mid}<${conversation}>`;
  const count = (key: string, item: string) => lists[key]?.filter((held) => held === item).length ?? 0;
  return {
    state: record['state'] ?? 'missing',
    attempt: Number(record['attempt'] ?? 0),
    tries: Number(record['tries'] ?? 0),
    rank: Number(record['rank'] ?? 0),
    unknownRetries: Number(record['unknown_retries'] ?? 0),
    started: timeOf(record['started']),
    reason: record['reason'],
    inChain: lists[shortened(keys.chain(cidOf(conversation), 'reply'))]?.indexOf(entry) ?? -1,
    inLanes: count(reply, entry) + count(notification, entry) + count(broadcast, entry),
    isAdmitted: sets[admitted]?.[mid] !== undefined,
    isAttempting: sets[attempting]?.[mid] !== undefined,
    later: timeOf(sets[laterKey]?.[`${entry}reply`]),
    inTierWait: count(tierWait, `${entry}reply`),
    check: timeOf(sets[keys.outbox]?.[mid]),
    isDead: sets[keys.dead]?.[mid] !== undefined,
    isExpiring: contents.expiring[shortened(keys.message(midOf(name)))] === true,
  };
}

/** Keys of a number and of conversations that hold something, with what: at the end there is nothing left in them. */
function leftoversOf({ lists, sets }: Contents): string[] {
  const all = [...Object.entries(lists), ...Object.entries(sets)];
  return all
    .filter(([key]) => MUST_END.test(key))
    .map(([key, held]) => `${key} holds ${JSON.stringify(held)}`);
}

const MUST_END = /:(chain|lane|admitted|attempting|later|tierwait|outbox|wakes)(:|$)/;

function wamidsOf({ hashes }: Contents): string[] {
  const owners = Object.entries(hashes).flatMap(([key, fields]) =>
    key.includes(':wamids:') ? Object.values(fields) : [],
  );
  return owners.map((owner) => owner.replace(/^<(\w+)>/, '$1.'));
}

function instantsOf({ sets }: Contents): number[] {
  const all = [keys.outbox, keys.wakes, laterKey].flatMap((key) => times(sets[key]));
  return [...new Set(all)].filter((time) => time > 0 && time < Infinity).sort((a, b) => a - b);
}

function times(members: Record<string, string> | undefined): number[] {
  return Object.values(members ?? {})
    .map((score) => timeOf(score) ?? 0)
    .sort((a, b) => a - b);
}

function timeOf(time: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  return time === 'inf' ? Infinity : Number(time) - NOW;
}

function size(members: Record<string, string> | undefined): number {
  return Object.keys(members ?? {}).length;
}
