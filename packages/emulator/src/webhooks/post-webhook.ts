import {
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** What became of one POST: an HTTP status, or 0 and why there was none (`ECONNREFUSED`, `TIMEOUT`, …). */
export interface WebhookAnswer {
  status: number;
  error?: string;
}

/** What became of a GET; the body as far as it is read. */
interface CallbackAnswer extends WebhookAnswer {
  reason: string;
  body: string;
}

export interface WebhookPoster {
  post(url: string, body: string, signature: string): Promise<WebhookAnswer>;
  get(url: string): Promise<CallbackAnswer>;
  close(): void;
}

export interface PosterOptions {
  /** For how long an answer may take, by the machine's time: a socket knows no other. */
  timeoutMs?: number;
}

// What Meta allows is not documented; others have seen 5 to 20 s.
const ANSWER_MS = 10_000;
const BODY_MAX = 1_024;
const USER_AGENT = 'facebookexternalua';

/** Posts over kept-alive connections; how many at once is the caller's choice. Never rejects. */
export function createWebhookPoster({ timeoutMs = ANSWER_MS }: PosterOptions = {}): WebhookPoster {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  const call = (url: string, options: RequestOptions, body: string | undefined): Promise<CallbackAnswer> =>
    new Promise((resolve) => {
      const request = open(url, { agent: url.startsWith('https:') ? https : http, ...options });
      if (!request) return resolve({ status: 0, error: 'BAD_ADDRESS', reason: '', body: '' });
      const end = (answer: CallbackAnswer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      const failed = (error: string) => end({ status: 0, error, reason: '', body: '' });
      // Until the whole answer is there: one that trickles in may not keep a place for ever.
      const timer = setTimeout(() => {
        failed('TIMEOUT');
        request.destroy();
      }, timeoutMs).unref();
      request.on('response', (response) => readAnswer(response, end));
      request.on('error', (error) => failed(codeOf(error)));
      request.end(body);
    });
  return {
    async post(url, body, signature) {
      const headers = {
        accept: '*/*',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': USER_AGENT,
        'x-hub-signature-256': signature,
      };
      const { status, error } = await call(url, { method: 'POST', headers }, body);
      return error === undefined ? { status } : { status, error };
    },
    get: (url) =>
      call(url, { method: 'GET', headers: { accept: '*/*', 'user-agent': USER_AGENT } }, undefined),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

// Throws where Node.js makes no request of an address that is one, such as `http://a:%@b`.
function open(url: string, options: RequestOptions): ReturnType<typeof httpRequest> | undefined {
  try {
    return (url.startsWith('https:') ? httpsRequest : httpRequest)(url, options);
  } catch {
    return undefined;
  }
}

function readAnswer(response: IncomingMessage, end: (answer: CallbackAnswer) => void): void {
  let body = '';
  response.setEncoding('utf8');
  const finish = () => end({ status: response.statusCode ?? 0, reason: response.statusMessage ?? '', body });
  response.on('data', (part: string) => {
    body += part;
    // Status and challenge are told by now: of a file or a stream nobody waits for the end.
    if (body.length >= BODY_MAX) response.destroy();
  });
  response.on('error', () => undefined);
  response.on('close', finish);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
