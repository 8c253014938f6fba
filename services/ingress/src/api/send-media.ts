import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Bundle, Team } from '@alur/bundle';
import type { Logger } from '@alur/telemetry';
import type { MediaOutcome } from '@alur/whatsapp';
import { refusal, type ApiAnswer } from './api-answer.ts';
import type { Fetched, MediaDownloads } from './media-downloads.ts';
import { numberOf, unknownNumber } from './team-number.ts';

export interface MediaCall {
  bundle: Bundle;
  team: Team;
  mediaId: string;
  request: IncomingMessage;
  response: ServerResponse;
}

interface MediaDeps {
  downloads: MediaDownloads;
  logger: Logger;
}

/** Meta's ids are digits; nothing that could be a step in a path. */
const MEDIA_ID = /^[A-Za-z0-9_-]{1,128}$/;
/** How long a client may take to read a file. */
const SEND_MS_MAX = 300_000;
const BUSY_S = 5;

/** Answers with a file that a contact sent. Gives back what to say in its place; undefined when the file was sent. */
export async function sendMedia(call: MediaCall, deps: MediaDeps): Promise<ApiAnswer | undefined> {
  const { bundle, team, mediaId, request, response } = call;
  const query = queryOf(request);
  if (!MEDIA_ID.test(mediaId)) return refusal(422, 'invalid', 'The media id must be as a webhook told it');
  const number = numberOf(team, query.get('phone_number_id') ?? undefined);
  if (number === undefined) return unknownNumber(team);
  // A plus sign that was not encoded has become a space on its way.
  const sha256 = query.get('sha256')?.replaceAll(' ', '+');
  const wanted = { bundle, number, mediaId, ...(sha256 !== undefined && { sha256 }) };
  const sent = await deps.downloads.fetch(wanted, async (outcome) => {
    const line = { tenant: team.tenant, team: team.id, number: number.id, ...factsOf(outcome) };
    if (outcome.kind !== 'ok') {
      deps.logger.warn(line, 'media.fetched');
      return { answer: refusalOf(outcome) };
    }
    deps.logger.info(line, 'media.fetched');
    await streamFile(response, outcome);
    return {};
  });
  return sent === undefined ? busy() : sent.answer;
}

// A file that is not whole at its reader must look so: the connection is cut, since the length has been told.
async function streamFile(response: ServerResponse, media: Fetched & { file: string }): Promise<void> {
  if (response.destroyed) return;
  response.writeHead(200, {
    'content-type': media.mimeType,
    'content-length': media.bytes,
    'content-disposition': 'attachment',
    'repr-digest': `sha-256=:${Buffer.from(media.sha256, 'hex').toString('base64')}:`,
    // A contact chose these bytes: no browser may take them for a page of this host.
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  const signal = AbortSignal.timeout(SEND_MS_MAX);
  await pipeline(createReadStream(media.file), response, { signal }).catch(() => response.destroy());
}

function busy(): ApiAnswer {
  const answer = refusal(503, 'busy', 'As many downloads as may are under way: ask again in some seconds');
  return { ...answer, retryAfterS: BUSY_S };
}

type NotFetched = Exclude<MediaOutcome, Fetched>;

function refusalOf(outcome: NotFetched): ApiAnswer {
  if (isGone(outcome)) {
    return refusal(404, 'media_gone', 'Meta has no such file for this number: it keeps them for 7 days');
  }
  if (outcome.kind === 'refused') {
    const { code } = outcome.error;
    return refusal(502, 'graph_refused', `The Graph API refused with code ${code}: see the page on errors`);
  }
  const { reason } = outcome;
  if (reason === 'bad_hash') {
    return refusal(422, 'invalid', '`sha256` must be a SHA-256 in hex or base64, as the webhook told it');
  }
  if (reason === 'file') {
    const answer = refusal(503, 'no_room', 'The file cannot be kept here for a moment: look at the disk');
    return { ...answer, retryAfterS: BUSY_S };
  }
  const message = `The file could not be fetched from Meta (${reason}); nothing of it was sent`;
  return refusal(502, reason === 'corrupt' ? 'wrong_hash' : 'media_failed', message);
}

function isGone(outcome: NotFetched): boolean {
  if (outcome.kind === 'failed') return outcome.reason === 'expired';
  const { code, error_subcode: subcode } = outcome.error;
  return (code === 100 && subcode === 33) || outcome.httpStatus === 404;
}

function factsOf(outcome: MediaOutcome): object {
  const { kind, durationMs } = outcome;
  if (outcome.kind === 'ok') return { outcome: kind, bytes: outcome.bytes, durationMs };
  if (outcome.kind === 'refused') return { outcome: kind, code: outcome.error.code, durationMs };
  return { outcome: kind, code: outcome.reason, durationMs };
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}
