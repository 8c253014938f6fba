import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** What became of one POST: an HTTP status, or 0 and why there was none (`ECONNREFUSED`, `TIMEOUT`, …). */
export interface WebhookAnswer {
  status: number;
  error?: string;
}

export interface WebhookPoster {
  post(url: string, body: string, signature: string): Promise<WebhookAnswer>;
  close(): void;
}

const ANSWER_MS = 10_000;

/** Posts over kept-alive connections; how many at once is the caller's choice. Never rejects. */
export function createWebhookPoster(): WebhookPoster {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  return {
    post: (url, body, signature) =>
      new Promise((resolve) => {
        const isTls = url.startsWith('https:');
        const request = (isTls ? httpsRequest : httpRequest)(url, {
          method: 'POST',
          agent: isTls ? https : http,
          timeout: ANSWER_MS,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'user-agent': 'facebookexternalua',
            'x-hub-signature-256': signature,
          },
        });
        request.on('response', (response) => {
          response.resume();
          response.on('close', () => resolve({ status: response.statusCode ?? 0 }));
        });
        request.on('timeout', () =>
          request.destroy(Object.assign(new Error('No answer'), { code: 'TIMEOUT' })),
        );
        request.on('error', (error) => resolve({ status: 0, error: codeOf(error) }));
        request.end(body);
      }),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
