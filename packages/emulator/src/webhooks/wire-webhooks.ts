import { type Clock } from '../clock.ts';
import { createChance } from '../ids.ts';
import { type EmulatorSettings } from '../options.ts';
import { type Stats } from '../stats.ts';
import { type AppSecrets, createAppSecrets } from './app-secrets.ts';
import { type DeliveryLog, createDeliveryLog } from './delivery-log.ts';
import { createWebhookPoster } from './post-webhook.ts';
import { createRedelivery } from './redelivery.ts';
import { createUpdateBatches } from './update-batches.ts';
import { type WebhookAddresses, createWebhookAddresses } from './webhook-addresses.ts';
import { type WebhookQueue, createWebhookQueue } from './webhook-queue.ts';

/** All that sends webhooks. */
export interface Webhooks {
  addresses: WebhookAddresses;
  secrets: AppSecrets;
  deliveries: DeliveryLog;
  queue: WebhookQueue;
}

export interface WebhooksContext {
  seed: string;
  clock: Clock;
  stats: Stats;
}

// Far enough for receipts of one message to change places, near enough for a test to wait.
const SHUFFLE_MS = 1_000;

export function wireWebhooks(settings: EmulatorSettings, { seed, clock, stats }: WebhooksContext): Webhooks {
  const { statusBatch, inboundBatch, webhookOrder, redelivery } = settings;
  const poster = createWebhookPoster({ timeoutMs: settings.webhookTimeoutMs });
  const challenges = createChance(`challenges ${seed}`);
  const addresses = createWebhookAddresses({
    appUrlFor: appUrls(settings),
    poster,
    challenge: () => String(Math.floor(challenges() * 9e9) + 1e9),
  });
  const secrets = createAppSecrets(clock, createChance(`secrets ${seed}`));
  const deliveries = createDeliveryLog();
  const holds = createChance(`order ${seed}`);
  const queue = createWebhookQueue({
    clock,
    addresses,
    secrets,
    log: deliveries,
    redelivery: createRedelivery(redelivery),
    // One webhook tells of the receipts of one number.
    receipts: (onReady) =>
      createUpdateBatches({ ...statusBatch, keyOf: ({ number }) => number.id, clock }, onReady),
    messages: (onReady) => createUpdateBatches({ ...inboundBatch, keyOf: () => '', clock }, onReady),
    holdMs: webhookOrder === 'kept' ? () => 0 : () => 1 + Math.floor(holds() * SHUFFLE_MS),
    poster,
    stats,
  });
  clock.settleWith(() => queue.settled());
  return { addresses, secrets, deliveries, queue };
}

type UrlFor = Parameters<typeof createWebhookAddresses>[0]['appUrlFor'];

function appUrls({ webhookBaseUrl, webhookUrl }: EmulatorSettings): UrlFor {
  const base = webhookBaseUrl?.replace(/\/+$/, '');
  return ({ tenant, team }) =>
    webhookUrl ?? (base === undefined ? undefined : `${base}/webhook/whatsapp/${tenant}/${team}`);
}
