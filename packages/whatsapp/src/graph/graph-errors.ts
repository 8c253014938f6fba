import { type DeadReason, type ErrorOverride, type FailureClass, readAs } from '@alur/types';
import { z } from 'zod';
import { type GraphCode } from './graph-code.ts';
import { GRAPH_CODES, GRAPH_CODE_RANGES } from './graph-codes.ts';

/** A refusal by Graph, without a word of Meta's: messages and details can quote numbers and names. */
export interface GraphFailure {
  class: FailureClass;
  code: number;
  subcode?: number;
  /** Not before; between 1 second and 1 day. */
  retryAfterMs?: number;
  /** What an operator reads when the message is not tried again. */
  deadReason: DeadReason;
}

const Code = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^[0-9]{1,9}$/)
    .transform(Number),
]);

/** What is read of an error envelope. `error_data` and the texts are left where they are. */
export const GraphError = z.object({
  code: Code,
  error_subcode: Code.optional().catch(undefined),
  is_transient: z.boolean().optional().catch(undefined),
});
export type GraphError = z.infer<typeof GraphError>;

const Envelope = z.object({ error: GraphError });

const RETRY_AFTER_MS_MIN = 1_000;
const RETRY_AFTER_MS_MAX = 24 * 60 * 60 * 1_000;

const DEAD_REASONS: Record<FailureClass, DeadReason> = {
  retry: 'retries_exhausted',
  wait_number: 'rate_limited',
  wait_pair: 'rate_limited',
  wait_waba: 'rate_limited',
  pause_number: 'configuration',
  pause_waba: 'configuration',
  template_blocked: 'template',
  window_closed: 'window_closed',
  opted_out: 'opted_out',
  hold_marketing: 'undeliverable',
  bad_recipient: 'bad_recipient',
  configuration: 'configuration',
  permanent: 'invalid_message',
};

/** Code 100 with subcode 33. */
export const OBJECT_OUT_OF_REACH: GraphCode = {
  class: 'configuration',
  title: 'The number is unknown, or the token has no access to it',
  advice: 'Check phone_number_id, and that the token belongs to an app with access to its WABA.',
};
const UNKNOWN_SERVER_FAULT: GraphCode = {
  class: 'retry',
  title: 'Graph failed with a code we have no entry for',
  advice: 'Nothing to do: it is tried again.',
};
const UNKNOWN_THROTTLE: GraphCode = {
  class: 'wait_number',
  title: 'Graph asks to slow down with a code we have no entry for',
  advice: 'Nothing to do: the number slows down.',
  retryAfterMs: RETRY_AFTER_MS_MIN,
};
const UNKNOWN_REFUSAL: GraphCode = {
  class: 'permanent',
  title: 'Graph refused with a code we have no entry for',
  advice: "Look the code up on Meta's error page.",
  deadReason: 'unknown_code',
};

/** Reads an error envelope out of an answer's JSON; undefined when there is none with a code in it. */
export function parseGraphError(json: unknown): GraphError | undefined {
  return readAs(Envelope, json).data?.error;
}

/** What bears on a refusal beside the error itself. */
export interface ClassifyOptions {
  /** The value of the header `Retry-After`. */
  retryAfter?: string;
  /** The bundle's own word on codes. */
  overrides?: ReadonlyMap<number, ErrorOverride>;
}

/**
 * What a refusal means, by its code: HTTP statuses differ between Meta's own pages and only help with codes that we do not
 * know, as `is_transient` does. The bundle's word on a code goes before the table's, `Retry-After` before both. Failed
 * statuses have no HTTP status: pass 400.
 */
export function classifyGraphError(
  httpStatus: number,
  error: GraphError,
  { retryAfter, overrides }: ClassifyOptions = {},
): GraphFailure {
  const entry = findCode(error) ?? describeUnknown(httpStatus, error);
  const known = overridden(entry, overrides?.get(error.code));
  return {
    class: known.class,
    code: error.code,
    subcode: error.error_subcode,
    retryAfterMs: parseRetryAfter(retryAfter) ?? known.retryAfterMs,
    deadReason: known.deadReason ?? DEAD_REASONS[known.class],
  };
}

/**
 * Title and advice of a code, for an operator, with the bundle's word on it; undefined for a code that neither the table nor
 * the bundle has.
 */
export function describeGraphError(
  error: Pick<GraphError, 'code' | 'error_subcode'>,
  overrides?: ReadonlyMap<number, ErrorOverride>,
): GraphCode | undefined {
  const entry = findCode(error);
  const word = overrides?.get(error.code);
  return word === undefined ? entry : overridden(entry ?? UNKNOWN_REFUSAL, word);
}

function findCode({ code, error_subcode: subcode }: Pick<GraphError, 'code' | 'error_subcode'>) {
  if (code === 100 && subcode === 33) return OBJECT_OUT_OF_REACH;
  return GRAPH_CODES.get(code) ?? GRAPH_CODE_RANGES.find(({ from, to }) => code >= from && code <= to)?.code;
}

// The table's reason and wait are those of its class, so they go with it.
function overridden(entry: GraphCode, word: ErrorOverride = {}): GraphCode {
  const { class: name = entry.class, advice = entry.advice } = word;
  const ownWaitMs = name === entry.class ? entry.retryAfterMs : undefined;
  const deadReason = word.class === undefined ? entry.deadReason : undefined;
  const retryAfterMs = word.retryAfterMs ?? ownWaitMs;
  return { class: name, title: entry.title, advice, deadReason, retryAfterMs };
}

function describeUnknown(httpStatus: number, error: GraphError): GraphCode {
  if (httpStatus === 429) return UNKNOWN_THROTTLE;
  return httpStatus >= 500 || error.is_transient === true ? UNKNOWN_SERVER_FAULT : UNKNOWN_REFUSAL;
}

/** `Retry-After` in whole seconds, as milliseconds within bounds. Meta does not send it; proxies do. Dates are ignored. */
export function parseRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined || !/^[0-9]{1,9}$/.test(header)) return undefined;
  return Math.min(Math.max(Number(header) * 1_000, RETRY_AFTER_MS_MIN), RETRY_AFTER_MS_MAX);
}
