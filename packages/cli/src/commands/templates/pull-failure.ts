import type { ErrorOverride } from '@alur/types';
import type { PullOutcome } from '@alur/whatsapp';
import type { EXIT } from '../../exit-code.ts';
import { describeCode } from '../../describe-code.ts';
import type { PullTarget } from './pull-targets.ts';

/** Why a WABA's templates could not be pulled, and what to do. Holds no token, and none of Graph's own words: they may. */
export interface PullFailure {
  exit: keyof typeof EXIT;
  message: string;
  fix: string;
}

const TOKEN_CODES: ReadonlySet<number> = new Set([102, 104, 190]);
const RIGHT_CODES: ReadonlySet<number> = new Set([3, 10, 200]);
const UNKNOWN_CODES: ReadonlySet<number> = new Set([33, 100, 803]);

export function pullFailure(
  { waba, number }: PullTarget,
  outcome: Exclude<PullOutcome, { kind: 'pulled' }>,
  overrides: ReadonlyMap<number, ErrorOverride>,
): PullFailure {
  const subject = `Cannot pull the templates of WABA ${waba}`;
  switch (outcome.kind) {
    case 'refused':
      return refusal(subject, number, outcome.error.code, overrides);
    case 'endless': {
      const message = `${subject}: Graph's pages do not end after ${outcome.pages}`;
      return { exit: 'notReady', message, fix: 'run the command again; if it stays, ask Meta' };
    }
    case 'failed': {
      const { reason, systemCode, httpStatus } = outcome;
      const more = [systemCode, httpStatus === undefined ? undefined : `HTTP ${httpStatus}`].filter(
        (each) => each !== undefined,
      );
      const message = `${subject}: ${REASONS[reason]}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
      return { exit: 'notReady', message, fix: 'check GRAPH_BASE_URL and the network, and run it again' };
    }
  }
}

const REASONS: Record<Extract<PullOutcome, { kind: 'failed' }>['reason'], string> = {
  connection: 'the Graph API cannot be reached',
  timeout: 'the Graph API did not answer in time',
  bad_answer: 'the answer is not one that the Graph API gives',
  too_large: 'a page is larger than 8 MB',
  bad_request: 'the access token or the id cannot be put into a request',
};

function refusal(
  subject: string,
  { id, tenant, team }: PullTarget['number'],
  code: number,
  overrides: ReadonlyMap<number, ErrorOverride>,
): PullFailure {
  const secrets = `secrets/${tenant}/${team}.json`;
  if (TOKEN_CODES.has(code)) {
    const message = `${subject}: Graph refuses the access token of number ${id} (${code})`;
    return { exit: 'refused', message, fix: `put a new one into ${secrets}` };
  }
  if (RIGHT_CODES.has(code)) {
    const message = `${subject}: the access token of number ${id} has no right to it (${code})`;
    const fix = `give it the permission whatsapp_business_management, or put another one into ${secrets}`;
    return { exit: 'refused', message, fix };
  }
  if (UNKNOWN_CODES.has(code)) {
    const message = `${subject}: Graph knows no such WABA, or not for the token of number ${id} (${code})`;
    return { exit: 'notFound', message, fix: 'check `business_account_id` in bundle.yaml' };
  }
  const note = describeCode(String(code), overrides);
  const message = `${subject}: Graph refused it (${code}${note ? `, ${note.title}` : ''})`;
  return { exit: 'notReady', message, fix: note?.advice ?? 'wait a moment and run it again' };
}
