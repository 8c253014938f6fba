import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Faults } from '../faults.ts';
import { type Ids } from '../ids.ts';
import { DOWNLOAD_PATH, type Downloads } from '../media/downloads.ts';
import { type StoredMedia } from '../media/media-book.ts';
import { NO_FILE } from '../media/media-calls.ts';
import { type Stats } from '../stats.ts';
import { type QuotaBook } from './call-quota.ts';
import { readToken } from './credentials.ts';
import { orderedRefusal, pause } from './fault-answer.ts';
import { DEFAULT_VERSION } from './graph-call.ts';
import { type NumberBook } from './number-book.ts';
import { type Refusal } from './refusal.ts';
import { sendResult } from './send-result.ts';

interface DownloadDeps {
  downloads: Downloads;
  numbers: NumberBook;
  faults: Faults;
  stats: Stats;
  ids: Ids;
  quota: QuotaBook;
}

/**
 * Sends a file to who has its address and a token that sees it: 401 without such a token, 404 when the address is over.
 * False when the request is for something else.
 */
export async function sendDownload(
  request: IncomingMessage,
  response: ServerResponse,
  deps: DownloadDeps,
): Promise<boolean> {
  const url = new URL(request.url ?? '/', 'http://emulator');
  if (request.method !== 'GET' || `${url.pathname.replace(/\/$/, '')}/` !== DOWNLOAD_PATH) return false;
  const call = { request, response, version: DEFAULT_VERSION };
  const found = findFile(request.headers.authorization, url.searchParams, deps);
  if ('refusal' in found) {
    await sendResult(call, found, deps);
    return true;
  }
  const target = {
    number: found.media.number,
    to: undefined,
    type: '',
    template: undefined,
    call: 'media download',
  };
  const fault = deps.faults.takeAnswer(target);
  if (fault?.kind === 'error') {
    await sendResult(call, { refusal: orderedRefusal(fault) }, { ...deps, fault });
  } else if (fault && fault.kind !== 'delay') {
    await sendResult(call, { json: {} }, { ...deps, fault });
  } else {
    if (fault) await pause(fault.ms);
    sendFile(response, found.media);
  }
  return true;
}

function findFile(
  authorization: string | undefined,
  query: URLSearchParams,
  { numbers, downloads }: DownloadDeps,
): { media: StoredMedia } | { refusal: Refusal } {
  const seen = numbers.see(readToken(authorization));
  if ('refusal' in seen) return seen;
  const media = downloads.find(query);
  const wabaId = media && numbers.find(media.number)?.wabaId;
  return media && wabaId !== undefined && seen.wabas.has(wabaId) ? { media } : { refusal: NO_FILE };
}

function sendFile(response: ServerResponse, { mimeType, bytes }: StoredMedia): void {
  response
    .writeHead(200, {
      'content-type': mimeType,
      'content-length': bytes.length,
      'content-disposition': `inline;filename=File.${mimeType.split('/')[1] ?? 'bin'}`,
    })
    .end(bytes);
}
