import { type IncomingMessage } from 'node:http';
import { readToken } from './credentials.ts';
import { DEFAULT_VERSION, type GraphCall, readMethod, readPath } from './graph-call.ts';
import { readForm } from './read-form.ts';
import { parseMember, readJsonBody } from './read-json-body.ts';
import { type Refusal, unknownPath } from './refusal.ts';

// Parameters that are objects or arrays, however they are written.
const STRUCTURED = ['components', 'block_users', 'websites', 'webhook_configuration'];

/** The call that a request is. Its body may be JSON, a web form or a multipart form; refused when its path is none. */
export async function readCall(
  request: IncomingMessage,
): Promise<{ call: GraphCall } | { refusal: Refusal; version: string }> {
  const url = new URL(request.url ?? '/', 'http://emulator');
  const target = readPath(url.pathname);
  const method = readMethod(request);
  if (!target || !method) {
    request.resume();
    return { refusal: unknownPath(url.pathname), version: target?.version ?? DEFAULT_VERSION };
  }
  const isMultipart =
    request.headers['content-type']?.toLowerCase().startsWith('multipart/form-data') === true;
  const form = isMultipart ? await readForm(request) : undefined;
  const body = form ? form.fields : await readJsonBody(request);
  const params: Record<string, unknown> = { ...Object.fromEntries(url.searchParams), ...body };
  for (const name of STRUCTURED) {
    const value = params[name];
    if (typeof value === 'string') params[name] = parseMember(value);
  }
  return {
    call: {
      ...target,
      method,
      path: url.pathname,
      params,
      file: form?.file,
      token: readToken(request.headers.authorization, params['access_token']),
      base: `http://${request.headers.host ?? 'localhost'}`,
    },
  };
}
