import { type IncomingMessage } from 'node:http';
import { type UploadedFile } from './read-form.ts';
import { type Refusal } from './refusal.ts';

/** One call of the Graph API beside sending: `/{version}/{id}/{edge}`, version and edge may be missing. */
export interface GraphCall {
  method: 'GET' | 'POST' | 'DELETE';
  version: string;
  /** Path as it came, without query. */
  path: string;
  id: string;
  /** Empty when the call is about the object itself. */
  edge: string;
  /** Query and body together; the body wins. Values of a query or a form are strings. */
  params: Record<string, unknown>;
  file: UploadedFile | undefined;
  token: string | undefined;
  /** `http://host:port`, as the caller wrote it. */
  base: string;
}

/** What a call comes to; HTTP 200 when it says nothing else. */
export type GraphResult = { json: object; http?: number } | { refusal: Refusal };

/** Answers one kind of call about one kind of object. */
type Handler<T> = (call: GraphCall, object: T) => GraphResult | Promise<GraphResult>;

/** The calls about one kind of object, by method and edge: `GET`, `POST media`, … */
export type Calls<T> = Readonly<Record<string, Handler<T>>>;

export const SUCCESS: GraphResult = { json: { success: true } };

// What an app is given that names no version.
export const DEFAULT_VERSION = 'v25.0';

/** What the path says, or nothing when it leads nowhere. */
export function readPath(path: string): Pick<GraphCall, 'version' | 'id' | 'edge'> | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const version = /^v\d+\.\d+$/i.test(parts[0] ?? '') ? parts.shift()?.toLowerCase() : undefined;
  const [id, edge = '', ...more] = parts;
  if (id === undefined || more.length > 0) return undefined;
  return { version: version ?? DEFAULT_VERSION, id: decode(id), edge: decode(edge) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The call's method, or nothing for one that Graph does not have. */
export function readMethod(request: IncomingMessage): GraphCall['method'] | undefined {
  const { method } = request;
  return method === 'GET' || method === 'POST' || method === 'DELETE' ? method : undefined;
}
