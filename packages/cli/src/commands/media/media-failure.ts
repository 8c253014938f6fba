import type { BusinessNumber } from '@alur/bundle';
import type { ErrorOverride } from '@alur/types';
import type { MediaFault, MediaOutcome } from '@alur/whatsapp';
import { CliError } from '../../cli-error.ts';
import { describeCode } from '../../describe-code.ts';

interface Wanted {
  id: string;
  number: BusinessNumber;
  overrides: ReadonlyMap<number, ErrorOverride>;
}

const NETWORK = 'check GRAPH_BASE_URL and the network, and run it again';
const AGAIN = 'run it again; if it stays, ask Meta';

const FAULTS: Record<
  MediaFault,
  { kind: 'notFound' | 'notReady' | 'usage' | 'refused'; why: string; fix: string }
> = {
  connection: { kind: 'notReady', why: 'the connection failed or broke', fix: NETWORK },
  timeout: { kind: 'notReady', why: 'it did not come in time', fix: NETWORK },
  stalled: { kind: 'notReady', why: 'nothing came for too long', fix: NETWORK },
  bad_answer: { kind: 'notReady', why: 'the answer is not one that the Graph API gives', fix: AGAIN },
  too_large: { kind: 'refused', why: 'it is larger than Graph said, or than 100 MB', fix: AGAIN },
  bad_request: {
    kind: 'notReady',
    why: 'the access token cannot be put into a request',
    fix: 'put a new one into the secrets of the team',
  },
  expired: {
    kind: 'notFound',
    why: 'Meta does not have it any more',
    fix: 'Meta keeps such files for 7 days',
  },
  bad_url: { kind: 'refused', why: 'its address is not one of Meta, so it gets no token', fix: AGAIN },
  redirect: {
    kind: 'refused',
    why: 'its address leads elsewhere, and the token does not go there',
    fix: AGAIN,
  },
  corrupt: { kind: 'refused', why: 'its bytes are not those of the hash', fix: AGAIN },
  bad_hash: {
    kind: 'usage',
    why: '--sha256 is no SHA-256',
    fix: 'give it in hex or base64, as the event has it',
  },
  file: {
    kind: 'notReady',
    why: 'it cannot be written',
    fix: 'look at the folder and at the room on the disk',
  },
};

/** Why there is no file. Holds no token, and none of Graph's own words. */
export function mediaFailure(outcome: Exclude<MediaOutcome, { kind: 'ok' }>, wanted: Wanted): CliError {
  const subject = `Cannot fetch ${wanted.id}`;
  if (outcome.kind === 'failed') {
    const { reason, systemCode, httpStatus } = outcome;
    const { kind, why, fix } = FAULTS[reason];
    const more = [systemCode, httpStatus === undefined ? undefined : `HTTP ${httpStatus}`].filter(
      (each) => each !== undefined,
    );
    return new CliError(kind, `${subject}: ${why}${more.length > 0 ? ` (${more.join(', ')})` : ''}`, fix);
  }
  const { code, error_subcode: subcode } = outcome.error;
  if ((code === 100 && subcode === 33) || outcome.httpStatus === 404) {
    const message = `${subject}: Meta has no such file for number ${wanted.number.id}`;
    return new CliError('notFound', message, 'check the id and --number; Meta keeps such files for 7 days');
  }
  const note = describeCode(String(code), wanted.overrides);
  const message = `${subject}: Graph refused it (${code}${note ? `, ${note.title}` : ''})`;
  return new CliError('refused', message, note?.advice ?? 'wait a moment and run it again');
}
