import { basename } from 'node:path';
import type { BusinessNumber, MediaFile } from '@alur/bundle';
import { findMediaIds, keepMediaId, takeMediaLease, type RedisClient } from '@alur/store';
import type { ErrorOverride, MessageId } from '@alur/types';
import {
  classifyGraphError,
  type GraphClient,
  type GraphFailure,
  type LocalFailure,
  type UploadOutcome,
} from '@alur/whatsapp';
import { createSlots } from './slots.ts';

// A file is uploaded once for each number, however many senders have messages that show it: a lease in Redis picks the sender,
// here one upload serves all messages that ask. They do not wait on it: they come back, and find an id or the failure.

type Failure = GraphFailure | LocalFailure;

export interface UploadJob {
  file: MediaFile;
  number: BusinessNumber;
  shard: number;
  graph: Pick<GraphClient, 'upload'>;
  overrides: ReadonlyMap<number, ErrorOverride>;
}

/** What became of one upload; `failed` also when the file or Redis was the reason. */
export interface UploadReport {
  outcome: 'ok' | 'refused' | 'failed';
  bytes: number;
  number: BusinessNumber;
  path: string;
  code?: number | string;
}

/** `failed`: the upload that this message waited for has failed; said once, so that its next try begins another. */
type Asked =
  | { kind: 'going'; isNew: boolean; done: Promise<void>; leftMs: () => number }
  | { kind: 'failed'; failure: Failure };

export interface MediaUploads {
  /** Asks for a file that Meta does not have yet. */
  ask(mid: MessageId, job: UploadJob): Asked;
  /** Begins nothing any more, and waits for what is under way. */
  stop(): Promise<void>;
}

export interface UploadDeps {
  client: RedisClient;
  report: (report: UploadReport) => void;
  onError: (error: unknown) => void;
}

const UPLOADS_AT_ONCE = 4;
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** How soon to look again at what another sender uploads. */
const BUSY_MS = 500;
/** For guessing how long an upload takes. */
const BYTES_PER_MS = 2_000;
const LEFT_MS_MIN = 500;
const LEFT_MS_MAX = 10_000;
const OWED_MAX = 10_000;

interface Going {
  startedAt: number;
  done: Promise<void>;
  waiters: Set<MessageId>;
}

export function createMediaUploads(deps: UploadDeps): MediaUploads {
  const slots = createSlots(UPLOADS_AT_ONCE);
  const going = new Map<string, Going>();
  /** Failures by message and file, until the message asks. */
  const owed = new Map<string, Failure>();
  let stopped = false;
  const begin = (key: string, job: UploadJob): Going => {
    const waiters = new Set<MessageId>();
    const done = obtain(job, { ...deps, slots, isStopped: () => stopped }).then((failure) => {
      going.delete(key);
      if (failure !== undefined) for (const mid of waiters) owe(owed, `${mid} ${key}`, failure);
    });
    const entry = { startedAt: performance.now(), done, waiters };
    going.set(key, entry);
    return entry;
  };
  return {
    ask: (mid, job) => {
      const key = `${job.number.id} ${job.file.sha256}`;
      const failure = owed.get(`${mid} ${key}`);
      owed.delete(`${mid} ${key}`);
      if (failure !== undefined) return { kind: 'failed', failure };
      const known = going.get(key);
      const entry = known ?? begin(key, job);
      entry.waiters.add(mid);
      return {
        kind: 'going',
        isNew: known === undefined,
        done: entry.done,
        leftMs: () => leftMs(entry, job),
      };
    },
    stop: async () => {
      stopped = true;
      await Promise.all([...going.values()].map(({ done }) => done));
    },
  };
}

// A message that never comes back, since another sender has it now, must not stay here for ever.
function owe(owed: Map<string, Failure>, key: string, failure: Failure): void {
  owed.set(key, failure);
  const [oldest] = owed.keys();
  if (owed.size > OWED_MAX && oldest !== undefined) owed.delete(oldest);
}

function leftMs({ startedAt }: Going, { file }: UploadJob): number {
  const left = file.bytes / BYTES_PER_MS - (performance.now() - startedAt);
  return Math.min(Math.max(left, LEFT_MS_MIN), LEFT_MS_MAX);
}

interface ObtainDeps extends UploadDeps {
  slots: ReturnType<typeof createSlots>;
  isStopped: () => boolean;
}

/** Until Meta has the file, by whomever; or why it does not. Never rejects. */
async function obtain(job: UploadJob, deps: ObtainDeps): Promise<Failure | undefined> {
  while (!deps.isStopped()) {
    const result = await deps.slots
      .run(() => tryOnce(job, deps))
      .catch((error: unknown) => {
        deps.onError(error);
        return uploadFailed();
      });
    if (result !== 'busy') return result === 'done' ? undefined : result;
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
  }
  return uploadFailed();
}

async function tryOnce(job: UploadJob, deps: ObtainDeps): Promise<Failure | 'done' | 'busy'> {
  if (deps.isStopped()) return uploadFailed();
  const { client, onError } = deps;
  const { sha256 } = job.file;
  const place = { shard: job.shard, number: job.number.id, sha256 };
  const lease = await takeMediaLease(client, place, LEASE_MS);
  if (lease === undefined) return 'busy';
  const renewal = setInterval(() => void lease.renew().catch(onError), RENEW_MS);
  try {
    // Whoever had the lease before may just have been done.
    if ((await findMediaIds(client, place, [sha256])).size > 0) return 'done';
    const outcome = await uploadFile(job);
    const failure = failureOf(outcome, job.overrides);
    deps.report(reportOf(job, outcome, failure));
    if (outcome.kind !== 'ok') return failure ?? uploadFailed();
    await keepMediaId(client, place, { id: outcome.id, atMs: Date.now() });
    return 'done';
  } finally {
    clearInterval(renewal);
    await lease.release().catch(onError);
  }
}

function uploadFile({ file, number, graph }: UploadJob): Promise<UploadOutcome> {
  const { absolute, bytes, mimeType, sha256, path } = file;
  return graph.upload({
    number: number.id,
    token: number.accessToken,
    apiVersion: number.apiVersion,
    file: { absolute, bytes, mimeType, sha256, name: basename(path) },
  });
}

/** What a message that shows the file comes to. A file that Meta does not want is the file's fault, not the message's. */
function failureOf(
  outcome: UploadOutcome,
  overrides: ReadonlyMap<number, ErrorOverride>,
): Failure | undefined {
  if (outcome.kind === 'ok') return undefined;
  if (outcome.kind === 'refused') {
    const { retryAfter } = outcome;
    const options = retryAfter === undefined ? { overrides } : { overrides, retryAfter };
    const failure = classifyGraphError(outcome.httpStatus, outcome.error, options);
    return failure.class === 'permanent' ? { ...failure, deadReason: 'media' } : failure;
  }
  const isFile = outcome.reason === 'changed' || outcome.reason === 'unreadable';
  // The bundle may be on its way to being loaded again.
  if (isFile) return { class: 'retry', code: 'media_changed', deadReason: 'media' };
  return uploadFailed(outcome.systemCode);
}

function uploadFailed(systemCode?: string): LocalFailure {
  const failure: LocalFailure = { class: 'retry', code: 'upload_failed', deadReason: 'retries_exhausted' };
  return systemCode === undefined ? failure : { ...failure, systemCode };
}

function reportOf({ file, number }: UploadJob, { kind }: UploadOutcome, failure?: Failure): UploadReport {
  const report = { outcome: kind, bytes: file.bytes, number, path: file.path };
  return failure === undefined ? report : { ...report, code: failure.code };
}
