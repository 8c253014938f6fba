import type { ErrorOverride, FailureClass } from '@alur/types';
import { describeGraphError } from './graph-errors.ts';
import type { LocalCode, UnknownReason } from './send-outcome.ts';

/** What a code in a message record means, for people. */
export interface CodeNote {
  title: string;
  /** Only of Graph's own codes. */
  class?: FailureClass;
  advice?: string;
}

type OwnCode = LocalCode | UnknownReason | 'not_uploaded' | 'owner_lost' | 'restriction' | typeof OPERATOR;

/** Who a pause is by when `alur numbers pause` made it. */
export const OPERATOR = 'operator';

const OWN_CODES: Record<OwnCode, string> = {
  lease_expired: 'The attempt was so late that it was not begun',
  connect_failed: 'The Graph API could not be connected to',
  connect_timeout: 'The Graph API could not be connected to in time',
  no_connection: 'No connection to the Graph API was free in time',
  bad_request: 'The access token or the message cannot be put into a request',
  media_missing: 'The message shows a file that the bundle does not have, or has with a fault',
  media_changed: 'The file is not the one that the bundle was loaded with',
  upload_failed: 'A file that the message shows did not get to the Graph API',
  not_uploaded: 'The message shows a file that was not at the Graph API yet',
  throttled: 'Something before the Graph API asked to slow down (HTTP 429)',
  timeout: 'The Graph API did not answer in time',
  reset: 'The connection broke before the answer',
  server_error: 'The Graph API failed without one of its codes',
  bad_answer: 'The answer was not one that the Graph API gives',
  owner_lost: 'The sender was lost in the middle of the attempt',
  restriction: 'Meta restricted the account',
  [OPERATOR]: 'Paused with `alur numbers pause`',
};
const OWN: ReadonlyMap<string, string> = new Map(Object.entries(OWN_CODES));

/** What a code in a record means: one of Graph's with the bundle's word on it, or one of ours. */
export function describeCode(
  code: string,
  overrides?: ReadonlyMap<number, ErrorOverride>,
): CodeNote | undefined {
  const own = OWN.get(code);
  if (own !== undefined) return { title: own };
  if (!/^[0-9]{1,9}$/.test(code)) return undefined;
  const known = describeGraphError({ code: Number(code) }, overrides);
  return known && { title: known.title, class: known.class, advice: known.advice };
}
