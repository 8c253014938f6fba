import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface ProbeRequest {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
  /** Certificates to trust in place of the system's, PEM. */
  ca?: string | undefined;
}

/** What came back from an address. `failed` has Node's word for why nothing did. */
export type Probe =
  | {
      kind: 'answer';
      status: number;
      /** The first bytes. */
      body: string;
      headers: IncomingMessage['headers'];
      /** When the certificate ends, Unix ms; undefined without TLS. */
      certificateEndsMs: number | undefined;
    }
  | { kind: 'failed'; code: string };

const BODY_BYTES_MAX = 1_048_576;

/** One request on a connection of its own: no redirects, no retries. Never rejects. */
export function probe(request: ProbeRequest): Promise<Probe> {
  return new Promise((resolve) => {
    const { url, method = 'GET', headers = {}, body, timeoutMs, ca } = request;
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = send(url, {
      method,
      headers: { 'user-agent': 'alur-doctor', ...headers, ...length },
      agent: false,
      ...(ca !== undefined && { ca }),
    });
    const end = (result: Probe) => {
      clearTimeout(timer);
      resolve(result);
      sent.destroy();
    };
    const timer = setTimeout(() => end({ kind: 'failed', code: 'ETIMEDOUT' }), timeoutMs);
    sent.on('error', (error) => end({ kind: 'failed', code: codeOf(error) }));
    sent.once('response', (response) => readAnswer(response, end));
    sent.end(body);
  });
}

function readAnswer(response: IncomingMessage, end: (result: Probe) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const certificateEndsMs = endOfCertificate(response);
  const answer = () =>
    end({
      kind: 'answer',
      status: response.statusCode ?? 0,
      body: Buffer.concat(chunks).toString('utf8'),
      headers: response.headers,
      certificateEndsMs,
    });
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > BODY_BYTES_MAX) answer();
  });
  response.once('end', answer);
  response.on('error', (error) => end({ kind: 'failed', code: codeOf(error) }));
}

function endOfCertificate({ socket }: IncomingMessage): number | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const endsMs = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(endsMs) ? undefined : endsMs;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Node's word in plain ones, for the most frequent. */
export function wordsOf(code: string): string {
  return WORDS.get(code) ?? `the connection failed (${code})`;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'the name does not exist (ENOTFOUND)'],
  ['EAI_AGAIN', 'the name server does not answer (EAI_AGAIN)'],
  ['ECONNREFUSED', 'nothing listens there (ECONNREFUSED)'],
  ['ECONNRESET', 'the connection was cut (ECONNRESET)'],
  ['ETIMEDOUT', 'there was no answer in time (ETIMEDOUT)'],
  ['EHOSTUNREACH', 'there is no way to it (EHOSTUNREACH)'],
  ['ENETUNREACH', 'there is no way to it (ENETUNREACH)'],
  ['CERT_HAS_EXPIRED', 'the certificate has expired'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is signed by itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate is signed by nobody that is trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the server sends its certificate without those in between'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the certificate is signed by nobody that is trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another name'],
  ['EPROTO', 'what listens there does not speak TLS (EPROTO)'],
]);
