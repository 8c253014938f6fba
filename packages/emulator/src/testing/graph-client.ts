import { z } from 'zod';
import { type Answer, type Lab, NUMBER } from './lab.ts';

/** Calls of the Graph API with the token of the lab's number. Paths go without version. */
export interface GraphClient {
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  delete(path: string, body?: object): Promise<Answer>;
  /** Uploads a file as a multipart form. */
  upload(file: { bytes: Buffer; mimeType: string; form?: Record<string, string> }): Promise<Answer>;
  /** An order to the emulator; the number is filled in. */
  order(path: string, body: object): Promise<Answer>;
  /** Turns the emulator's clock on. */
  advance(ms: number): Promise<void>;
}

export function graphOf(lab: Lab): GraphClient {
  const headers = { authorization: `Bearer ${NUMBER.accessToken}` };
  const call = (method: string) => (path: string, body?: object) =>
    lab.call(method, `/v25.0/${path}`, body, headers);
  return {
    get: call('GET'),
    post: call('POST'),
    delete: call('DELETE'),
    async upload({ bytes, mimeType, form = { messaging_product: 'whatsapp' } }) {
      const data = new FormData();
      for (const [name, value] of Object.entries(form)) data.set(name, value);
      data.set('file', new Blob([new Uint8Array(bytes)], { type: mimeType }), 'file');
      const response = await fetch(`${lab.emulator.url}/v25.0/${NUMBER.id}/media`, {
        method: 'POST',
        headers,
        body: data,
      });
      const text = await response.text();
      const body = z.looseObject({}).parse(JSON.parse(text));
      return { status: response.status, headers: response.headers, body, text };
    },
    order: (path, body) => lab.call('POST', `/_emulator/${path}`, body),
    async advance(ms) {
      const { status, text } = await lab.call('POST', '/_emulator/clock', { advanceMs: ms });
      if (status !== 200) throw new Error(`The clock did not go on: ${text}`);
    },
  };
}
