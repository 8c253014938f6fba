import { z } from 'zod';
import { type Emulator, type EmulatorOptions, startEmulator } from '../index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const NUMBER = {
  id: '106540352242922',
  displayNumber: '+1 555-078-3881',
  wabaId: '102290129340398',
  accessToken: 'EAAtest',
  appSecret: 'test_app_secret',
  tenant: 'acme',
  team: 'support',
} as const;

export const CONTACT = '16505551234';

/** An answer's JSON as far as tests look into it. */
const AnswerBody = z.looseObject({
  messages: z.tuple([z.looseObject({ id: z.string() })]).optional(),
  error: z
    .union([
      z.string(),
      z.looseObject({ message: z.string(), error_data: z.looseObject({ details: z.string() }).optional() }),
    ])
    .optional(),
  refused: z.record(z.string(), z.number()).optional(),
  entries: z.array(z.looseObject({ seq: z.number(), type: z.string() })).optional(),
  wamid: z.string().optional(),
});

export interface Answer {
  status: number;
  headers: Headers;
  /** Empty when the answer is no JSON. */
  body: z.infer<typeof AnswerBody>;
  text: string;
}

/** An emulator with one number, and the receiver of its webhooks. */
export interface Lab {
  emulator: Emulator;
  receiver: Receiver;
  /** POST to the messages endpoint, with what every message needs filled in. */
  send: (
    message: Record<string, unknown>,
    options?: { token?: string | null; number?: string },
  ) => Promise<Answer>;
  /** A call to any path of the emulator. */
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  close: () => Promise<void>;
}

export async function startLab(options: Partial<EmulatorOptions> = {}): Promise<Lab> {
  const receiver = await startReceiver(NUMBER.appSecret);
  const emulator = await startEmulator({
    webhookBaseUrl: receiver.url,
    numbers: [NUMBER],
    seed: 'test',
    statusDelayMs: null,
    ...options,
  });
  const call: Lab['call'] = async (method, path, payload, headers = {}) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(payload === undefined
        ? {}
        : { body: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const body = AnswerBody.parse(isJson ? JSON.parse(text) : {});
    return { status: response.status, headers: response.headers, body, text };
  };
  return {
    emulator,
    receiver,
    call,
    send: (message, { token = NUMBER.accessToken, number = NUMBER.id } = {}) =>
      call(
        'POST',
        `/v25.0/${number}/messages`,
        { messaging_product: 'whatsapp', to: CONTACT, ...message },
        token === null ? {} : { authorization: `Bearer ${token}` },
      ),
    async close() {
      await emulator.close();
      await receiver.close();
    },
  };
}
