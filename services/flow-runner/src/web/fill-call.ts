import { headerNameProblem, type HttpRequest, type TextPiece } from '@alur/types';
import { toWellFormed } from './read-answer.ts';
import { WebFailure } from './web-failure.ts';

/** A call with its secrets in place. */
export interface FilledCall {
  url: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
  /** Values of the secrets in it, as they are and as they may be escaped. */
  secrets: ReadonlySet<string>;
}

const HEADER_VALUE = /^[\t\x20-\x7e\xa0-\xff]{0,8192}$/;
const HEADERS_MAX = 100;
const BODY_BYTES_MAX = 1_048_576;

/** Puts the team's secrets into a call. Throws `WebFailure`, which names a secret but never holds its value. */
export function fillCall(request: HttpRequest, flowSecrets: ReadonlyMap<string, string>): FilledCall {
  const secrets = new Set<string>();
  const fill = (pieces: readonly TextPiece[]) =>
    pieces.map((piece) => fillPiece(piece, flowSecrets, secrets)).join('');
  const url = fill(request.url);
  if (request.headers.length > HEADERS_MAX) {
    throw new WebFailure('bad_request', `the call has more than ${HEADERS_MAX} headers`);
  }
  // Lower-cased first, so that a flow's own `User-Agent` takes the place of ours and no name is there twice.
  const own = request.headers.map(({ name, value }): [string, string] => [
    name.toLowerCase(),
    checkHeader(name, fill(value)),
  ]);
  const body = request.body && Buffer.from(fill(request.body));
  if ((body?.length ?? 0) > BODY_BYTES_MAX)
    throw new WebFailure('bad_request', 'the body is larger than 1 MiB');
  const fixed = { 'idempotency-key': checkHeader('Key', request.key), 'accept-encoding': 'identity' };
  return { url, headers: { 'user-agent': 'Alur', ...Object.fromEntries(own), ...fixed }, body, secrets };
}

function fillPiece(piece: TextPiece, flowSecrets: ReadonlyMap<string, string>, used: Set<string>): string {
  if (typeof piece === 'string') return piece;
  const value = flowSecrets.get(piece.secret);
  if (value === undefined) {
    const fix = 'add it to `flow_secrets` in the secrets file of the team';
    throw new WebFailure('secret_missing', `there is no secret "${piece.secret.slice(0, 64)}"; ${fix}`);
  }
  // Services repeat what they got in spellings of their own.
  for (const escape of Object.values(ESCAPES)) used.add(escape(value));
  return ESCAPES[piece.as](value);
}

const ESCAPES: Record<Exclude<TextPiece, string>['as'], (value: string) => string> = {
  plain: (value) => value,
  json: (value) => JSON.stringify(value).slice(1, -1),
  url: (value) => encodeURIComponent(toWellFormed(value)),
};

function checkHeader(name: string, value: string): string {
  if (headerNameProblem(name) !== undefined) {
    throw new WebFailure(
      'bad_request',
      `"${name.slice(0, 100)}" is no header that a flow may set; leave it out`,
    );
  }
  if (HEADER_VALUE.test(value)) return value;
  const message = `the header "${name}" would hold a line break or a character that no header may hold`;
  throw new WebFailure('bad_request', message);
}
