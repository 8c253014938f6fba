import type { BusinessNumber } from '@alur/bundle';
import {
  claim,
  createIntake,
  createReadyReader,
  createTurns,
  finish,
  mergeStatuses,
  shardOf,
  wakeNumber,
  type AttemptOutcome,
  type NewMessage,
  type ReadyEntry,
  type RedisClient,
  type Store,
} from '@alur/store';
import {
  eventId,
  hash,
  MessageId,
  timerEventId,
  type EventId,
  type Session,
  type StatusKind,
} from '@alur/types';
import { shardKeys } from '../../../store/src/keys.ts';
import { withClock } from '../../../store/src/testing/with-clock.ts';

/** A contact's message, its turn, and two replies of which the second had to wait and was refused once. */
export interface ToldStory {
  evt: EventId;
  wamid: string;
  cid: string;
  mids: readonly [MessageId, MessageId];
  /** Of the second. */
  sentAs: string;
}

export const CONTACT = { waId: '6281234567890', name: 'Ana' };
const START_AGO_MS = 90_000;

interface Teller {
  number: BusinessNumber;
  shard: number;
  client: RedisClient;
  pass: (ms: number) => void;
  nowMs: () => number;
}

/** Lets all of it happen by the store's own scripts, a minute and a half ago, always after the same times. */
export async function tellStory(store: Store, number: BusinessNumber): Promise<ToldStory> {
  const clock = { nowMs: Math.floor((Date.now() - START_AGO_MS) / 1_000) * 1_000 + 1_140 };
  const teller: Teller = {
    number,
    shard: shardOf(number.tenant, store.shards),
    client: withClock(store.client, clock),
    pass: (ms) => {
      clock.nowMs += ms;
    },
    nowMs: () => clock.nowMs,
  };
  const wamid = 'wamid.HBgNNjI4MTIzNDU2Nzg5MBUCABIYIDA=';
  const { entry, evt } = await hear(teller, store, wamid);
  const mids = [MessageId.parse(hash('mid', evt, 0)), MessageId.parse(hash('mid', evt, 1))] as const;
  await takeTurn(teller, entry, { evt, mids });
  await sendFirst(teller, entry, mids[0]);
  const sentAs = await sendSecond(teller, entry, mids[1]);
  return { evt, wamid, cid: entry.cid, mids, sentAs };
}

async function hear({ client, number, nowMs, shard, pass }: Teller, store: Store, wamid: string) {
  const { tenant, team, id } = number;
  const evt = eventId(id, 'text', wamid);
  const intake = createIntake({ client, shards: store.shards, wishOf: () => undefined });
  const at = Math.floor(nowMs() / 1_000) - 2;
  const common = { evt, tenant, team, number: id, wamid, at, receivedAtMs: nowMs(), from: CONTACT };
  await intake.accept([{ ...common, kind: 'text', text: 'tea please' }]);
  pass(12);
  const reader = createReadyReader({ client, blocking: store.client, shard, consumer: 'teller' });
  const [entry] = await reader.read(1, 10);
  if (!entry) throw new Error('nothing is ready');
  return { entry, evt };
}

async function takeTurn(
  { client, number, nowMs }: Teller,
  entry: ReadyEntry,
  { evt, mids }: Pick<ToldStory, 'evt' | 'mids'>,
): Promise<void> {
  const turns = createTurns(client);
  const loaded = await turns.load(entry);
  if (!loaded) throw new Error('the inbox is empty');
  const { tenant, team, id } = number;
  const at = Math.floor(nowMs() / 1_000) - 2;
  const until = at + 600;
  const timer = { kind: 'timer' as const, evt: timerEventId(entry.cid, 'answer', 1), epoch: 1 };
  await turns.commit({
    entry,
    evt,
    version: loaded.version,
    session: waitingUntil(until),
    contact: { ...CONTACT, tags: ['vip'] },
    lastMessageTime: at,
    number,
    at,
    wishes: [],
    messages: mids.map((mid) => reply(number, entry, { mid, evt })),
    tags: { team, before: [] },
    timer: {
      at: until,
      event: { ...timer, tenant, team, number: id, at: until, receivedAtMs: 0, from: CONTACT },
    },
    life: {
      team,
      trace: { ...TRACE, evt, at, receivedAtMs: nowMs() - 12, messages: mids, wait: { ...WAIT, until } },
    },
  });
}

const WAIT = { node: 'answer', for: 'message' } as const;
const TRACE = {
  kind: 'text',
  outcome: 'waiting',
  flow: 'order',
  flows: hash('flows'),
  nodes: [
    { node: 'pick', type: 'branch', note: 'condition 2' },
    { node: 'tea', type: 'reply' },
    { node: 'ask', type: 'reply' },
    { node: 'answer', type: 'wait' },
  ],
  emitted: ['order.begun'],
} as const;

function waitingUntil(until: number): Session {
  const run = { flow: 'order', flows: hash('flows'), input: {}, outputs: {}, callers: [], tries: {} };
  return { state: {}, epoch: 1, wait: { ...WAIT, ...run, until } };
}

function reply(
  { tenant, team, id }: BusinessNumber,
  { cid }: ReadyEntry,
  { mid, evt }: { mid: MessageId; evt: EventId },
): NewMessage {
  return {
    data: { mid, cid, class: 'reply', tenant, team, number: id, evt },
    body: { to: { waId: CONTACT.waId }, message: { kind: 'text', text: 'One tea' } },
    retryOnRateLimit: false,
  };
}

async function attempt(
  { client, shard, number, pass }: Teller,
  { cid }: ReadyEntry,
  mid: MessageId,
  outcome: AttemptOutcome,
): Promise<void> {
  const ref = { mid, cid, class: 'reply', shard, number } as const;
  const claimed = await claim(client, ref, { leaseMs: 5_000, handMs: 0 });
  if (claimed.kind !== 'go') throw new Error(`no attempt: ${claimed.kind}`);
  pass(138);
  const options = { maxTries: 5, credentialMark: '', spread: 1 };
  await finish(client, ref, claimed.attempt, { ...options, outcome });
}

async function hearStatus(
  { client, shard, number, pass, nowMs }: Teller,
  mid: MessageId,
  { kind, afterMs, no }: { kind: StatusKind; afterMs: number; no: number },
): Promise<void> {
  pass(afterMs);
  const at = Math.floor(nowMs() / 1_000);
  const status = { number: number.id, wamid: `wamid.OUT.${mid}`, status: kind, at, mid, attempt: no };
  await mergeStatuses(client, shard, [{ status, number }]);
}

async function sendFirst(teller: Teller, entry: ReadyEntry, mid: MessageId): Promise<void> {
  teller.pass(3);
  await attempt(teller, entry, mid, { kind: 'sent', wamid: `wamid.OUT.${mid}` });
  await hearStatus(teller, mid, { kind: 'sent', afterMs: 210, no: 1 });
  await hearStatus(teller, mid, { kind: 'delivered', afterMs: 320, no: 1 });
}

// The contact has had as much as the pace allows: one message more goes every 6 s.
async function sendSecond(teller: Teller, entry: ReadyEntry, mid: MessageId): Promise<string> {
  const { client, shard, number, pass, nowMs } = teller;
  await client.hset(shardKeys(shard).pair(entry.cid), { level: '0.2', at: String(nowMs()) });
  const ref = { mid, cid: entry.cid, class: 'reply', shard, number } as const;
  await claim(client, ref, { leaseMs: 5_000, handMs: 0 });
  pass(4_800);
  await wakeNumber(client, shard, number);
  const code = { code: '131000', reason: 'retries_exhausted' } as const;
  await attempt(teller, entry, mid, { kind: 'retry', ...code, ms: 1_200 });
  pass(1_200);
  await client.hset(shardKeys(shard).pair(entry.cid), { level: '4', at: String(nowMs()) });
  await wakeNumber(client, shard, number);
  const wamid = `wamid.OUT.${mid}`;
  await attempt(teller, entry, mid, { kind: 'sent', wamid });
  await hearStatus(teller, mid, { kind: 'sent', afterMs: 190, no: 2 });
  await hearStatus(teller, mid, { kind: 'delivered', afterMs: 410, no: 2 });
  await hearStatus(teller, mid, { kind: 'read', afterMs: 31_000, no: 2 });
  return wamid;
}
