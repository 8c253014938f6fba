import { readAs } from '@alur/types';
import { type Response, type Router } from 'express';
import { z } from 'zod';
import { type Clock } from '../clock.ts';
import { type NumberBook } from '../graph/number-book.ts';
import { type NumberSettings } from '../options.ts';
import { type AppSecrets } from '../webhooks/app-secrets.ts';
import { type DeliveryLog } from '../webhooks/delivery-log.ts';
import { type AddressScope, type WebhookAddresses } from '../webhooks/webhook-addresses.ts';
import { type WebhookQueue } from '../webhooks/webhook-queue.ts';
import { invalid, onNumber, unknownNumber } from './control-order.ts';

export interface ControlWebhooksDeps {
  numbers: NumberBook;
  addresses: WebhookAddresses;
  deliveries: DeliveryLog;
  secrets: AppSecrets;
  queue: WebhookQueue;
  clock: Clock;
  verifyToken: string;
}

const Page = z.object({
  since: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).optional(),
});

const WebhookOrder = z
  .strictObject({
    number: z.string().min(1),
    /** `null`: the address that was set is forgotten. */
    url: z
      .url({ protocol: /^https?$/ })
      .max(200)
      .nullable(),
    verifyToken: z.string().min(1).optional(),
    /** For what: the app, the number's WABA, or the number; the nearest one to the number wins. */
    scope: z.enum(['app', 'waba', 'number']).default('app'),
    /** Only asks the address, and changes nothing. */
    verifyOnly: z.boolean().default(false),
  })
  .refine(({ url, verifyOnly }) => url !== null || !verifyOnly, { error: 'give the url to verify' });

const OtherAppOrder = z.strictObject({
  number: z.string().min(1),
  url: z.url({ protocol: /^https?$/ }).max(200),
  appSecret: z.string().min(1),
});

const SecretOrder = z.strictObject({
  number: z.string().min(1),
  appSecret: z.string().min(1),
  /** For so long some webhooks are still signed with the old one. */
  bothMs: z.number().int().nonnegative().default(0),
});

/** Where webhooks go, what signs them, and what became of each: to debug a receiver. */
export function addWebhooks(router: Router, deps: ControlWebhooksDeps): void {
  router.get('/webhooks', (request, response) => {
    const page = readAs(Page, request.query);
    if (!page.success) return invalid(response, page.error);
    response.json({ deliveries: deps.deliveries.since(page.data.since, page.data.limit) });
  });
  router.post('/webhooks/:id/redeliver', (request, response) => redeliver(request.params.id, response, deps));
  router.post('/webhook', (request, response) => setAddress(request.body, response, deps));
  router.post(
    '/app',
    onNumber(OtherAppOrder, deps, ({ url, appSecret }, { wabaId }) => {
      deps.addresses.addApp({ wabaId, url, appSecret });
      return { success: true };
    }),
  );
  router.post(
    '/secret',
    onNumber(SecretOrder, deps, ({ appSecret, bothMs }, number) => {
      deps.secrets.replace(number.appSecret, appSecret, bothMs);
      return { success: true };
    }),
  );
}

/** The same bytes once more, however old, signed with the secret of today. */
async function redeliver(id: string, response: Response, deps: ControlWebhooksDeps): Promise<void> {
  const delivery = deps.deliveries.find(Number(id));
  const number = delivery && deps.numbers.find(delivery.number);
  if (!delivery || !number) {
    response.status(404).json({ error: `Cannot deliver webhook ${id} again: it is not in the log any more` });
    return;
  }
  response.json(await deps.queue.repost(number, delivery.field, delivery.body));
}

async function setAddress(body: unknown, response: Response, deps: ControlWebhooksDeps): Promise<void> {
  const order = readAs(WebhookOrder, body);
  if (!order.success) return invalid(response, order.error);
  const { url, scope, verifyOnly, verifyToken = deps.verifyToken } = order.data;
  const number = deps.numbers.find(order.data.number);
  if (!number) return unknownNumber(response, order.data.number, deps.numbers);
  const target = scopeOf(scope, number);
  if (url === null) deps.addresses.clearOverride(target);
  const callback = url === null ? undefined : { url, verifyToken };
  const verified = callback && (await ask(callback, verifyOnly, target, deps));
  if (verified?.ok === false) return void response.status(400).json({ error: verified.message });
  response.json({ success: true });
}

function ask(
  callback: { url: string; verifyToken: string },
  verifyOnly: boolean,
  target: AddressScope,
  { addresses }: ControlWebhooksDeps,
) {
  return verifyOnly ? addresses.verify(callback) : addresses.setOverride(target, callback);
}

function scopeOf(scope: 'app' | 'waba' | 'number', { id, wabaId, appSecret }: NumberSettings): AddressScope {
  if (scope === 'app') return { kind: 'app', appSecret };
  return scope === 'waba' ? { kind: 'waba', id: wabaId } : { kind: 'number', id };
}
