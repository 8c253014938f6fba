import { Agent, request } from 'node:http';
import type { Party } from './parties.ts';

export interface Answer {
  status: number;
  body: string;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Under the team's address. */
  path: string;
  body?: object | string;
  contentType?: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 128 });
const strangers = new Agent({ keepAlive: false, maxSockets: 128 });

/** One request over a connection that is kept: `fetch` costs several times as much. */
export function send(
  url: string,
  options: { method: string; headers: Record<string, string>; body?: string | Buffer; from?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, headers, from } = options;
    const place = from === undefined ? { agent } : { agent: strangers, localAddress: from };
    const outgoing = request(url, { ...place, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** A call at a team's address with a key, which may be another's. */
export function callApi(
  apiUrl: string,
  { tenant, team }: Party,
  apiKey: string,
  call: Call,
  from?: string,
): Promise<Answer> {
  const { method, path, body, contentType = 'application/json' } = call;
  return send(`${apiUrl}/v1/${tenant}/${team}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(from !== undefined && { from }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

// Sixty from one address are answered; every address of 127.0.0.0/8 is this machine.
const CALLS_EACH = 40;
let calls = 0;

/** The same with a key that does not fit, from an address that has not made many such calls. */
export function callAsStranger(apiUrl: string, party: Party, apiKey: string, call: Call): Promise<Answer> {
  calls += 1;
  const place = Math.floor(calls / CALLS_EACH);
  return callApi(apiUrl, party, apiKey, call, `127.1.${Math.floor(place / 250) % 250}.${1 + (place % 250)}`);
}

export function closeConnections(): void {
  agent.destroy();
}
