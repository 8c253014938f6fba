import { type DeadReason, type ErrorOverride, type FailureClass, type Json, readAs } from '@alur/types';
import { z } from 'zod';
import { readAnswerJson } from './graph-answer.ts';
import { type GraphFailure, classifyGraphError, parseGraphError, parseRetryAfter } from './graph-errors.ts';
import { type Exchange, type FaultCause } from './graph-exchange.ts';
import { type GraphUsage, readUsage } from './graph-usage.ts';
import { readUserId, readWaId } from '../webhook/contact-ids.ts';

/** Why a message did not leave, when Graph was not the one to say so. */
export type LocalCode =
  | 'lease_expired' // beforeWrite said no
  | 'connect_failed' // refused, unreachable, name not found, TLS
  | 'connect_timeout'
  | 'no_connection' // the whole time went by before a connection was free
  | 'bad_request' // the token or the body cannot be put into a request
  | 'media_missing' // a file that the bundle does not have
  | 'media_changed' // not the file that the bundle was loaded with
  | 'upload_failed' // a file did not get to Graph
  | 'throttled'; // HTTP 429 without a Graph code

/** As `GraphFailure`, with a code of ours. `systemCode` is Node's word, such as ECONNREFUSED. */
export interface LocalFailure {
  class: FailureClass;
  code: LocalCode;
  systemCode?: string;
  retryAfterMs?: number;
  deadReason: DeadReason;
}

/**
 * What one POST of a message came to. `sent`: Graph took it. `not_sent`: it surely was not taken. `unknown`: it may have
 * been, and only a status can tell. `durationMs` runs from the call to the outcome. `httpStatus` is missing where no HTTP
 * answer came, `usage` also where the answer told nothing of quotas.
 */
export type SendOutcome =
  | (Accepted & { httpStatus: number; usage?: GraphUsage; durationMs: number })
  | (Refused & { httpStatus?: number; usage?: GraphUsage; durationMs: number })
  | (Unknown & { httpStatus?: number; usage?: GraphUsage; systemCode?: string; durationMs: number });

interface Accepted {
  kind: 'sent';
  wamid: string;
  /** As WhatsApp knows who gets it: the number may be written in another way than it was dialled (Brazil, Mexico, Argentina). */
  contact?: { waId?: string; userId?: string };
}
interface Refused {
  kind: 'not_sent';
  failure: GraphFailure | LocalFailure;
}
interface Unknown {
  kind: 'unknown';
  reason: UnknownReason;
}
type Judgement = Accepted | Refused | Unknown;

export type UnknownReason = 'timeout' | 'reset' | 'server_error' | 'bad_answer';

// Optional members of another type do not make an accepted message unknown.
const Acceptance = z.object({
  messages: z.tuple([z.object({ id: z.string().min(1).max(512) })], z.unknown()),
  contacts: z
    .tuple(
      [
        z.object({
          wa_id: z.string().optional().catch(undefined),
          user_id: z.string().optional().catch(undefined),
        }),
      ],
      z.unknown(),
    )
    .optional()
    .catch(undefined),
});

/** Judges a finished exchange. Pure; see `SendOutcome` for what the kinds promise. */
export function judgeExchange(
  exchange: Exchange,
  durationMs: number,
  overrides?: ReadonlyMap<number, ErrorOverride>,
): SendOutcome {
  if (exchange.kind === 'answer') {
    const usage = readUsage(exchange.headers);
    return { ...judgeAnswer(exchange, overrides), httpStatus: exchange.status, usage, durationMs };
  }
  const { written, cause, systemCode } = exchange;
  if (written) return { kind: 'unknown', reason: UNKNOWN_REASONS[cause], systemCode, durationMs };
  return { kind: 'not_sent', failure: { ...LOCAL_FAILURES[cause], systemCode }, durationMs };
}

function judgeAnswer(
  { status, headers, body }: Extract<Exchange, { kind: 'answer' }>,
  overrides: ReadonlyMap<number, ErrorOverride> | undefined,
): Judgement {
  const json = readAnswerJson(body);
  const retryAfter = headers['retry-after'];
  // An envelope with a code is Graph's own refusal, whatever the HTTP status around it.
  const error = parseGraphError(json);
  if (error !== undefined)
    return { kind: 'not_sent', failure: classifyGraphError(status, error, { retryAfter, overrides }) };
  if (status >= 200 && status < 300) return judgeAcceptance(json);
  // Without a code nothing proves who answered; only a 429 cannot come from anybody who passed the message on.
  if (status === 429) return { kind: 'not_sent', failure: throttled(retryAfter) };
  return { kind: 'unknown', reason: status >= 500 ? 'server_error' : 'bad_answer' };
}

function judgeAcceptance(json: Json | undefined): Judgement {
  const accepted = readAs(Acceptance, json);
  if (!accepted.success) return { kind: 'unknown', reason: 'bad_answer' };
  const { messages, contacts } = accepted.data;
  const waId = readWaId(contacts?.[0].wa_id);
  const userId = readUserId(contacts?.[0].user_id);
  const contact = waId === undefined && userId === undefined ? undefined : { waId, userId };
  return { kind: 'sent', wamid: messages[0].id, contact };
}

function throttled(retryAfter: string | undefined): LocalFailure {
  const retryAfterMs = parseRetryAfter(retryAfter) ?? 1_000;
  return { class: 'wait_number', code: 'throttled', retryAfterMs, deadReason: 'rate_limited' };
}

const retry = (code: LocalCode): LocalFailure => ({ class: 'retry', code, deadReason: 'retries_exhausted' });

const LOCAL_FAILURES: Record<FaultCause, LocalFailure> = {
  abandoned: retry('lease_expired'),
  connect_timeout: retry('connect_timeout'),
  timeout: retry('no_connection'),
  connection: retry('connect_failed'),
  bad_answer: retry('connect_failed'),
  too_large: retry('connect_failed'),
  bad_request: { class: 'configuration', code: 'bad_request', deadReason: 'configuration' },
};

const UNKNOWN_REASONS: Record<FaultCause, UnknownReason> = {
  abandoned: 'reset',
  connect_timeout: 'timeout',
  timeout: 'timeout',
  connection: 'reset',
  bad_answer: 'bad_answer',
  too_large: 'bad_answer',
  bad_request: 'bad_answer',
};
