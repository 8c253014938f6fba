import { z } from 'zod';

const Taken = z.looseObject({ status: z.literal(200), wamid: z.string().optional() });

/** A pipeline, or what else has an emulator and a number. */
interface Place {
  emulator: { url: string };
  number: { id: string };
}

/** Has the emulator do something to the pipeline's number that ends in a webhook; throws unless it was answered 200. */
export async function orderWebhook(
  { emulator, number }: Place,
  path: 'inbound' | 'account',
  order: object,
): Promise<z.infer<typeof Taken>> {
  const response = await fetch(`${emulator.url}/_emulator/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ number: number.id, ...order }),
  });
  return Taken.parse(await response.json());
}

/** A contact writes: `message` is text, or what the emulator's `inbound` takes; `more` stands beside it. Gives the wamid. */
export async function say(
  pipeline: Place,
  from: { waId?: string; userId?: string; name?: string },
  message: string | object,
  more: object = {},
): Promise<string> {
  const given = typeof message === 'string' ? { type: 'text', text: message } : message;
  const { wamid } = await orderWebhook(pipeline, 'inbound', { from, message: given, ...more });
  return wamid ?? '';
}
