import { API_VERSION, type Visit } from '../visit.ts';
import { describeCode } from '../../../describe-code.ts';
import type { GraphCallOutcome } from '@alur/whatsapp';
import { readAs } from '@alur/types';
import type { z } from 'zod';

/** An answer that could be read, or why there is none: `code` is Graph's, when it said no. */
export type Asked<T> = { kind: 'ok'; answer: T } | { kind: 'no'; why: string; code?: number };

interface Question<T> {
  method?: 'GET' | 'POST';
  path: string;
  token: string;
  query?: Record<string, string>;
  schema: z.ZodType<T>;
}

/** Asks the Graph API one thing. What it says is told by its code alone: its words can quote what was asked. */
export async function askGraph<T>(visit: Visit, question: Question<T>): Promise<Asked<T>> {
  const { method = 'GET', path, token, query, schema } = question;
  const call = { method, path, token, apiVersion: API_VERSION, timeoutMs: visit.timeoutMs };
  const outcome = await visit.graph().call({ ...call, ...(query && { query }) });
  if (outcome.kind !== 'ok') return { kind: 'no', ...reasonOf(outcome, visit) };
  const read = readAs(schema, outcome.json);
  return read.success
    ? { kind: 'ok', answer: read.data }
    : { kind: 'no', why: 'the answer is not one that the Graph API gives' };
}

function reasonOf(
  outcome: Exclude<GraphCallOutcome, { kind: 'ok' }>,
  { bundle }: Visit,
): { why: string; code?: number } {
  if (outcome.kind === 'failed') {
    const more = outcome.systemCode ?? outcome.httpStatus;
    return { why: `${FAULTS[outcome.reason]}${more === undefined ? '' : ` (${more})`}` };
  }
  const { code, error_subcode: subcode } = outcome.error;
  const title = describeCode(String(code), bundle.errors)?.title;
  const said = subcode === undefined ? String(code) : `${code}/${subcode}`;
  return { code, why: `the Graph API says no (${title === undefined ? said : `${said}, ${title}`})` };
}

const FAULTS = {
  connection: 'the connection failed',
  timeout: 'there was no answer in time',
  bad_answer: 'the answer is not one that the Graph API gives',
  too_large: 'the answer is too large',
  bad_request: 'the access token or the id cannot be put into a request',
} as const;
