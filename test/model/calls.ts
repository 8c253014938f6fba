import {
  claim,
  createTurns,
  enqueue,
  findAttempt,
  finish,
  mergeStatuses,
  setWish,
  settle,
  sweep,
  wakeNumber,
  withdraw,
  type Admitted,
  type AttemptOutcome,
  type OwnStatus,
  type RedisClient,
  type SendingNumber,
} from '@alur/store';
import type { MessageId, StatusUpdate } from '@alur/types';
import type { Book } from './book.ts';
import {
  AGAIN_MS,
  FLOOR_MS,
  GRACE_MS,
  LEASE_MS,
  MAX_TRIES,
  RETRY_MS,
  type Configuration,
} from './configuration.ts';
import { withTraffic, withoutTraffic } from './traffic.ts';
import {
  messageOf,
  midOf,
  nameOf,
  NOW,
  refOf,
  SHARD,
  TRAFFIC,
  turnOf,
  WISHER,
  type Name,
} from './scenario.ts';
import type { Answer, Receipt } from './state.ts';
import type { ScriptedRedis } from './scripted-redis.ts';

/** What a call did: what Redis holds then, its word, and the messages that need a job now. */
export interface Called {
  contents: number;
  word: string;
  attempt: number;
  /** How long a claim has to wait. */
  ms: number;
  jobs: Name[];
  /** Statuses without a tag that waited for their wamid. */
  early: Receipt[];
}

interface Said {
  word: string;
  attempt?: number;
  ms?: number;
  admitted?: readonly Admitted[];
  early?: readonly StatusUpdate[];
}

/** What came of an attempt, as its sender knows it. */
interface End {
  name: Name;
  attempt: number;
  answer: Answer;
  writtenMs: number;
}

/** The store's own functions, on contents by their number. The same call on the same contents is made once. */
export type Calls = ReturnType<typeof createCalls>;

export function createCalls(deps: {
  redis: ScriptedRedis;
  book: Book;
  configuration: Configuration;
  number: SendingNumber;
  /** False where contents of one number are looked at at several times. */
  remembers?: boolean;
}) {
  const { redis, book, configuration, number, remembers = true } = deps;
  const done = new Map<string, Promise<Called>>();

  function remember(key: string, call: () => Promise<Called>): Promise<Called> {
    const called = done.get(key) ?? call();
    if (remembers) done.set(key, called);
    return called;
  }

  function once(
    contents: number,
    what: string,
    call: (client: RedisClient) => Promise<Said>,
  ): Promise<Called> {
    return remember(`${contents} ${what}`, async () => {
      const ran = await redis.run(book.text(contents), call);
      return asCalled(book.number(ran.contents), ran.answer);
    });
  }

  return {
    made: () => done.size,
    commit: (contents: number, turn: number) =>
      once(contents, `commit ${turn}`, async (client) => {
        const names = configuration.turns[turn] ?? [];
        const version = versionOf(configuration, turn);
        const mayWait = configuration.limits?.tier === undefined;
        const committed = await createTurns(client).commit(turnOf(names, { version, number, mayWait }));
        return { word: committed.kind, admitted: committed.kind === 'ok' ? committed.admitted : [] };
      }),
    claim: (contents: number, name: Name) =>
      once(contents, `claim ${name}`, async (client) => {
        const claimed = await claim(client, refOf(name, number), { leaseMs: LEASE_MS, handMs: 0 });
        if (claimed.kind === 'go')
          return { word: 'go', attempt: claimed.attempt, admitted: claimed.admitted };
        if (claimed.kind === 'wait') return { word: 'wait', ms: claimed.ms };
        return { word: claimed.kind, admitted: claimed.admitted };
      }),
    finish: (contents: number, { name, attempt, answer, writtenMs }: End) =>
      once(contents, `finish ${name} ${attempt} ${answer} ${writtenMs}`, async (client) => {
        const outcome = judge(answer, name, attempt);
        const end = { outcome, maxTries: MAX_TRIES, credentialMark: 'mark', spread: 1, writtenMs };
        const { ok, state, admitted, early } = await finish(client, refOf(name, number), attempt, end);
        return { word: ok ? state : 'stale', admitted, early };
      }),
    merge: (contents: number, receipt: Receipt) =>
      once(contents, `merge ${JSON.stringify(receipt)}`, async (client) => {
        const status = statusOf(midOf(receipt.name), receipt, number);
        const early: StatusUpdate[] = [];
        const onEarly = (statuses: StatusUpdate[]) => early.push(...statuses);
        const options = { againMs: AGAIN_MS, maxTries: MAX_TRIES, onEarly };
        const [word = 'unmatched'] = await mergeStatuses(client, SHARD, [status], options);
        return { word, early };
      }),
    find: (contents: number, receipt: Receipt) =>
      once(contents, `find ${JSON.stringify(receipt)}`, async (client) => {
        const status = untagged(midOf(receipt.name), receipt, number);
        return { word: (await findAttempt(client, SHARD, status)) ? 'found' : 'kept' };
      }),
    settle: (contents: number, name: Name) =>
      once(contents, `settle ${name}`, async (client) => ({
        word: 'settled',
        admitted: await settle(client, refOf(name, number)),
      })),
    sweep: (contents: number, name: Name) =>
      once(contents, `sweep ${name}`, async (client) => {
        const policy = { graceMs: GRACE_MS, floorMs: FLOOR_MS, onUnknown: configuration.onUnknown };
        const swept = await sweep(client, refOf(name, number), policy);
        const { mid, cid, class: messageClass } = refOf(name, number);
        const own = swept.action === 'job' ? [{ mid, cid, class: messageClass }] : [];
        return { word: swept.action, admitted: [...swept.admitted, ...own] };
      }),
    wake: (contents: number) =>
      once(contents, 'wake', async (client) => {
        const woken = await wakeNumber(client, SHARD, number, 'mark');
        return { word: 'woken', admitted: woken.admitted };
      }),
    withdraw: (contents: number, name: Name) =>
      once(contents, `withdraw ${name}`, async (client) => ({
        word: await withdraw(client, refOf(name, number)),
      })),
    queueAgain: (contents: number, name: Name) =>
      once(contents, `queue ${name} again`, async (client) => {
        const mayWait = configuration.limits?.tier === undefined;
        const messages = [messageOf(name, number, mayWait)];
        return { word: 'queued', admitted: await enqueue(client, SHARD, number, messages) };
      }),
    stop: (contents: number) =>
      once(contents, 'stop', async (client) => {
        const wish = { ...WISHER, change: 'out', scope: 'all', atS: NOW / 1000, source: 'operator' } as const;
        await setWish(client, SHARD, wish);
        return { word: 'stopped' };
      }),
    /** Statuses of other messages of the number, which were sent just now. */
    traffic: (contents: number) =>
      remember(`${contents} traffic`, async () => {
        const receipt = { attempt: 1, kind: 'sent' } as const;
        const statuses = TRAFFIC.map((mid) => statusOf(mid, receipt, number));
        const ran = await redis.run(withTraffic(book.text(contents), number), (client) =>
          mergeStatuses(client, SHARD, statuses),
        );
        return asCalled(book.number(withoutTraffic(ran.contents)), { word: 'merged' });
      }),
  };
}

function asCalled(contents: number, { word, attempt = 0, ms = 0, admitted = [], early = [] }: Said): Called {
  const jobs = admitted.map(({ mid }) => nameOf(mid));
  return { contents, word, attempt, ms, jobs, early: early.map(receiptOf) };
}

function receiptOf({ wamid, status }: StatusUpdate): Receipt {
  const [, mid = '', attempt] = wamid.split('.');
  if (status !== 'failed') throw new Error(`a status without a tag says ${status}`);
  return { name: nameOf(mid), attempt: Number(attempt), kind: status };
}

/** How many turns of the same conversation went before. */
function versionOf({ turns }: Configuration, turn: number): number {
  const conversationOf = (names: readonly Name[] | undefined) => (names?.[0] === 'm3' ? 'c2' : 'c1');
  const own = conversationOf(turns[turn]);
  return turns.slice(0, turn).filter((names) => conversationOf(names) === own).length;
}

/** What the sender makes of an answer, by the rules of `judge-attempt`. */
function judge(answer: Answer, name: Name, attempt: number): AttemptOutcome {
  switch (answer) {
    case 'sent':
      return { kind: 'sent', wamid: wamidOf(midOf(name), attempt) };
    case 'unknown':
      return { kind: 'unknown', code: 'timeout', graceMs: GRACE_MS };
    case 'refused':
      return { kind: 'retry', code: '131000', reason: 'retries_exhausted', ms: RETRY_MS };
    case 'too late':
      return { kind: 'retry', code: 'lease_expired', reason: 'retries_exhausted', ms: RETRY_MS };
    case 'limited':
      return { kind: 'wait_number', code: '130429', reason: 'rate_limited', ms: RETRY_MS };
    case 'rejected':
      return { kind: 'dead', code: '131026', reason: 'bad_recipient' };
  }
}

const wamidOf = (mid: string, attempt: number) => `wamid.${mid}.${attempt}`;

function untagged(mid: MessageId, { attempt, kind }: Omit<Receipt, 'name'>, { id }: SendingNumber) {
  const status = { number: id, wamid: wamidOf(mid, attempt), at: NOW / 1000, status: kind };
  return kind === 'failed' ? { ...status, errorCode: 131000 } : status;
}

function statusOf(mid: MessageId, receipt: Omit<Receipt, 'name'>, number: SendingNumber): OwnStatus {
  const { attempt, kind } = receipt;
  const status = { ...untagged(mid, receipt, number), mid, attempt };
  return kind === 'failed'
    ? { number, status, failure: { act: 'retry', reason: 'undeliverable' } }
    : { number, status };
}
