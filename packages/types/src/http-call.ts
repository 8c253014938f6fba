import { z } from 'zod';
import { Json } from './json.ts';

/** A part of a text that leaves the engine: as it is, or a secret that only the runner knows. */
export type TextPiece = string | { secret: string; as: 'plain' | 'json' | 'url' };

/** A call of a web service that a turn needs the answer of. */
export interface HttpRequest {
  /** Names the call: the same when the turn is repeated. Its `Idempotency-Key`, and its key in the journal. */
  key: string;
  flow: string;
  node: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: readonly TextPiece[];
  headers: readonly { name: string; value: readonly TextPiece[] }[];
  body?: readonly TextPiece[];
  timeoutMs: number;
}

/** What came of a call: the answer, or why there is none (`code` is one word). `ms` is what it took, at least 1. */
export const HttpResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    status: z.number().int(),
    headers: z.record(z.string(), z.string()),
    body: Json,
    ms: z.number(),
  }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string(), ms: z.number() }),
]);
export type HttpResult = z.infer<typeof HttpResult>;

/** Results of calls, by their key: recorded before a turn may see them, so that its repetition sees the same. */
export const Journal = z.record(z.string(), HttpResult);
export type Journal = z.infer<typeof Journal>;

const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  ...[
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'upgrade',
    'te',
    'trailer',
    'expect',
  ],
  ...['cookie', 'cookie2', 'proxy-authorization', 'proxy-connection', 'idempotency-key', 'accept-encoding'],
]);

/** Why a call may not have a header of this name: it is none, or it says how a message travels and who is asked, which is the runner's to say. */
export function headerNameProblem(name: string): 'malformed' | 'reserved' | undefined {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) return 'malformed';
  return RESERVED_HEADERS.has(name.toLowerCase()) ? 'reserved' : undefined;
}
