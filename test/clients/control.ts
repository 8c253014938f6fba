import { type InboundRequest } from '@alur/emulator';
import { z } from 'zod';

const Ledger = z.object({
  entries: z.array(
    z.looseObject({
      wamid: z.string(),
      to: z.string(),
      type: z.string(),
      opaque: z.string().optional(),
      body: z.record(z.string(), z.unknown()),
    }),
  ),
});

const Written = z.object({ wamid: z.string(), status: z.number() });

type Inbound = z.input<typeof InboundRequest>;

/** What a test orders of an emulator, and what it looks up there: the control API, which Meta does not have. */
export interface Control {
  get(path: string): Promise<unknown>;
  post(path: string, order: object): Promise<unknown>;
  /** What the emulator took of a message, by the id that its sender got. */
  sent(wamid: string | undefined): Promise<z.infer<typeof Ledger>['entries'][number]>;
  /** A contact writes; answers the message's id and how the receiver answered. */
  write(message: Inbound['message'], more?: Partial<Inbound>): Promise<z.infer<typeof Written>>;
}

export function controlOf(url: string, number: string, contact: string): Control {
  const call = async (method: string, path: string, order?: object): Promise<unknown> => {
    const response = await fetch(`${url}/_emulator/${path}`, {
      method,
      ...(order && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(order) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const post: Control['post'] = (path, order) => call('POST', path, order);
  return {
    get: (path) => call('GET', path),
    post,
    async sent(wamid) {
      const { entries } = Ledger.parse(await call('GET', 'ledger'));
      const entry = entries.find((found) => found.wamid === wamid);
      if (!entry) throw new Error(`The ledger has no message ${wamid ?? 'without an id'}`);
      return entry;
    },
    write: async (message, more = {}) =>
      Written.parse(
        await post('inbound', { number, from: { waId: contact, name: 'Zoë' }, message, ...more }),
      ),
  };
}
