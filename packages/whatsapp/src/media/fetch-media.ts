import { type NumberId, readAs } from '@alur/types';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import {
  type CallFailed,
  type CallFault,
  type CallRefused,
  type GraphCallOutcome,
  judgeCall,
} from '../graph/graph-answer.ts';
import { callGraph } from '../graph/graph-call.ts';
import { type GraphChannel, hostOf, requestHeaders } from '../graph/graph-channel.ts';
import { exchange, keeper } from '../graph/graph-exchange.ts';
import { parseMediaUrl } from './media-url.ts';
import { type Saved, saveAnswer } from './save-answer.ts';

export interface MediaRequest {
  mediaId: string;
  /** Whose media it is: Meta then refuses ids of others. */
  number?: NumberId;
  token: string;
  /** Such as `v25.0`. */
  apiVersion: string;
  /** What the webhook said, hex or base64: must be the file's, as what Graph says must. */
  sha256?: string;
  /** Absolute; must not be there yet. Is there afterwards only when the outcome is `ok`. */
  file: string;
  /** 100 MB unless given. */
  bytesMax?: number;
  /** For everything; 2 minutes unless given. */
  timeoutMs?: number;
  /** The longest time in which nothing comes; 20 seconds unless given. */
  stallMs?: number;
}

/**
 * `expired`: gone at Meta. `bad_url`: the address is not one that the token may go to. `redirect`: refused as well. `corrupt`: the
 * bytes are not those of the hash. `stalled`: nothing came for too long. `file`: it cannot be written. `bad_hash`: what was asked
 * for is no SHA-256.
 */
export type MediaFault =
  CallFault | 'expired' | 'bad_url' | 'redirect' | 'corrupt' | 'stalled' | 'file' | 'bad_hash';

export type MediaOutcome =
  | { kind: 'ok'; mimeType: string; bytes: number; sha256: string; durationMs: number }
  | CallRefused
  | (Omit<CallFailed, 'reason'> & { reason: MediaFault });

/** The largest file that WhatsApp takes or hands on. */
export const MEDIA_BYTES_MAX = 100 * 1024 * 1024;
const TIMEOUT_MS = 120_000;
const STALL_MS = 20_000;
const REFUSAL_BYTES_MAX = 65_536;
// An address is good for 5 minutes and can be gone early: Meta says to ask for it once more.
const ADDRESSES_MAX = 2;

const Described = z.object({
  url: z.string(),
  mime_type: z.string().regex(/^[\x20-\x7e]{1,256}$/),
  sha256: z.string(),
  file_size: z.coerce.number().int().nonnegative().optional(),
});
type Described = z.infer<typeof Described>;

type Failure = CallRefused | { kind: 'failed'; reason: MediaFault; httpStatus?: number };
interface Going extends MediaRequest {
  channel: GraphChannel;
  expected: Buffer | undefined;
  leftMs: () => number;
}

/** Fetches a media file that a contact sent, checked against its hash. Never rejects; no redirects, no more retries. */
export async function fetchMedia(channel: GraphChannel, request: MediaRequest): Promise<MediaOutcome> {
  const startedAt = performance.now();
  const passedMs = () => performance.now() - startedAt;
  const { timeoutMs = TIMEOUT_MS, sha256 } = request;
  const expected = sha256 === undefined ? undefined : hashOf(sha256);
  if (sha256 !== undefined && expected === undefined) {
    return { kind: 'failed', reason: 'bad_hash', durationMs: passedMs() };
  }
  const going = { ...request, channel, expected, leftMs: () => Math.max(1, timeoutMs - passedMs()) };
  const outcome = await tryAddresses(going);
  return { ...outcome, durationMs: passedMs() };
}

async function tryAddresses(going: Going): Promise<Failure | Omit<Fetched, 'durationMs'>> {
  for (let tried = 1; ; tried += 1) {
    const described = await describe(going);
    if (described.kind !== 'ok') return described;
    const outcome = await download(going, described.media);
    const isGone = outcome.kind === 'failed' && outcome.reason === 'expired';
    if (!isGone || tried === ADDRESSES_MAX) return outcome;
  }
}
type Fetched = Extract<MediaOutcome, { kind: 'ok' }>;

async function describe(going: Going): Promise<Failure | { kind: 'ok'; media: Described }> {
  const { channel, mediaId, number, token, apiVersion, leftMs } = going;
  const outcome = await callGraph(channel, {
    method: 'GET',
    path: mediaId.includes('/') ? '' : mediaId,
    token,
    apiVersion,
    ...(number !== undefined && { query: { phone_number_id: number } }),
    timeoutMs: Math.min(channel.timeoutMs, leftMs()),
    answerBytesMax: REFUSAL_BYTES_MAX,
  });
  if (outcome.kind !== 'ok') return outcome;
  const media = readAs(Described, outcome.json);
  return media.success ? { kind: 'ok', media: media.data } : { kind: 'failed', reason: 'bad_answer' };
}

async function download(going: Going, media: Described): Promise<Failure | Omit<Fetched, 'durationMs'>> {
  const url = parseMediaUrl(media.url, going.channel.base);
  const hash = hashOf(media.sha256);
  if (url === undefined) return { kind: 'failed', reason: 'bad_url' };
  if (hash === undefined) return { kind: 'failed', reason: 'bad_answer' };
  const { bytesMax = MEDIA_BYTES_MAX, file, expected } = going;
  if ((media.file_size ?? 0) > bytesMax) return { kind: 'failed', reason: 'too_large' };
  const limit = Math.min(media.file_size ?? bytesMax, bytesMax);
  const saved = await fetchInto(going, url, limit);
  if (saved.kind !== 'ok') return saved;
  const { bytes, sha256 } = saved;
  if (sha256.equals(hash) && (expected?.equals(hash) ?? true)) {
    return { kind: 'ok', mimeType: media.mime_type, bytes, sha256: hash.toString('hex') };
  }
  await rm(file, { force: true });
  return { kind: 'failed', reason: 'corrupt' };
}

async function fetchInto(
  { channel, token, file, leftMs, stallMs = STALL_MS }: Going,
  url: URL,
  bytesMax: number,
): Promise<Failure | Extract<Saved, { kind: 'ok' }>> {
  let saving: Promise<Saved> | undefined;
  const result = await exchange({
    method: 'GET',
    target: { ...hostOf(url), path: url.pathname + url.search },
    connections: channel.connections,
    headers: { ...requestHeaders(token), accept: '*/*' },
    timeoutMs: leftMs(),
    connectTimeoutMs: channel.connectTimeoutMs,
    answerBytesMax: REFUSAL_BYTES_MAX,
    receive: (response, ends) => {
      if (response.statusCode !== 200) return keeper(REFUSAL_BYTES_MAX)(response, ends);
      saving = saveAnswer(response, { file, bytesMax, stallMs }).then((saved) => {
        if (saved.kind === 'ok') ends.answer(response, Buffer.alloc(0));
        else ends.fault(saved.reason === 'too_large' ? 'too_large' : 'connection');
        return saved;
      });
    },
  });
  // The file is done with only when its writer is.
  const saved = await saving;
  if (saved?.kind === 'ok') return saved;
  if (saved !== undefined && saved.reason !== 'connection') return saved;
  return refusalOf(judgeCall(result, 0));
}

// Graph's own words for it go first; a redirect would take the token along.
function refusalOf(outcome: GraphCallOutcome): Failure {
  if (outcome.kind === 'refused' && outcome.httpStatus !== 404) return outcome;
  const httpStatus = outcome.kind === 'ok' ? undefined : outcome.httpStatus;
  const status = httpStatus === undefined ? {} : { httpStatus };
  if (httpStatus === 404 || httpStatus === 410) return { kind: 'failed', reason: 'expired', ...status };
  if (httpStatus !== undefined && httpStatus >= 300 && httpStatus < 400) {
    return { kind: 'failed', reason: 'redirect', ...status };
  }
  return { kind: 'failed', reason: outcome.kind === 'failed' ? outcome.reason : 'bad_answer', ...status };
}

/** The 32 bytes of a hash as Meta writes it: hex or base64, told apart by length. */
function hashOf(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
