import { type Json } from '@alur/types';
import { type GraphError, parseGraphError } from './graph-errors.ts';
import { type Exchange, type FaultCause } from './graph-exchange.ts';
import { type GraphUsage, readUsage } from './graph-usage.ts';
import { readJson } from '../webhook/read-json.ts';

/** Why a call has no answer that can be used. `connection`: refused, unreachable, TLS, reset or cut off. */
export type CallFault = 'connection' | 'timeout' | 'bad_answer' | 'too_large' | 'bad_request';

/** No word of Graph: not reached, not in time, or nothing that it would say. `systemCode` is Node's word. */
export interface CallFailed {
  kind: 'failed';
  reason: CallFault;
  httpStatus?: number;
  systemCode?: string;
  durationMs: number;
}

/** Graph said no. `words` are Meta's own, for whoever gave the command: they can quote what was sent, so never log them. */
export interface CallRefused {
  kind: 'refused';
  error: GraphError;
  httpStatus: number;
  retryAfter?: string;
  words?: string;
  usage?: GraphUsage;
  durationMs: number;
}

export type GraphCallOutcome =
  { kind: 'ok'; json: Json; usage?: GraphUsage; durationMs: number } | CallRefused | CallFailed;

const WORDS_MAX = 1_000;

/** An answer's body as JSON; undefined when it is none, or nested deeper than anything of Meta's. */
export function readAnswerJson(body: Buffer): Json | undefined {
  const read = readJson(body);
  return read.ok ? read.json : undefined;
}

/** Judges a finished call. An error envelope is Graph's refusal whatever the status; else only 2xx with JSON is an answer. */
export function judgeCall(exchange: Exchange, durationMs: number): GraphCallOutcome {
  if (exchange.kind === 'fault') {
    const { cause, systemCode } = exchange;
    return failed(FAULTS[cause], durationMs, systemCode === undefined ? {} : { systemCode });
  }
  const { status: httpStatus, headers, body } = exchange;
  const json = readAnswerJson(body);
  const quota = readUsage(headers);
  const usage = quota === undefined ? {} : { usage: quota };
  const error = parseGraphError(json);
  if (error !== undefined) {
    const retryAfter = headers['retry-after'];
    const said = { ...(retryAfter === undefined ? {} : { retryAfter }), ...wordsOf(json) };
    return { kind: 'refused', error, httpStatus, ...said, ...usage, durationMs };
  }
  const isAnswer = httpStatus >= 200 && httpStatus < 300 && json !== undefined;
  return isAnswer
    ? { kind: 'ok', json, ...usage, durationMs }
    : failed('bad_answer', durationMs, { httpStatus });
}

function failed(
  reason: CallFault,
  durationMs: number,
  more: Pick<CallFailed, 'httpStatus' | 'systemCode'>,
): CallFailed {
  return { kind: 'failed', reason, ...more, durationMs };
}

// What a person can use, the most telling first.
function wordsOf(json: Json | undefined): { words?: string } {
  const error = memberOf(json, 'error');
  const said = [
    memberOf(error, 'error_user_msg'),
    memberOf(memberOf(error, 'error_data'), 'details'),
    memberOf(error, 'message'),
  ].find((text) => typeof text === 'string' && text !== '');
  return typeof said === 'string' ? { words: said.slice(0, WORDS_MAX) } : {};
}

function memberOf(json: Json | undefined, name: string): Json | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json[name] : undefined;
}

const FAULTS: Record<FaultCause, CallFault> = {
  abandoned: 'connection',
  connect_timeout: 'timeout',
  timeout: 'timeout',
  connection: 'connection',
  bad_answer: 'bad_answer',
  too_large: 'too_large',
  bad_request: 'bad_request',
};
