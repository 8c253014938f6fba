import { type Bundle, findTeam } from '@alur/bundle';
import { keepAside, type Intake, type RedisClient, type StatusTeller, type TierQueues } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { parseWebhook, verifySignature } from '@alur/whatsapp';
import { applyIdentity } from './apply-identity.ts';
import { applyNews, type createDisplayNumbers } from './apply-news.ts';
import { mergeReceipts } from './merge-receipts.ts';
import type { IngressMetrics } from './metrics.ts';
import { sortItems, type Sorted } from './sort-items.ts';
import { tellFields } from './tell-fields.ts';

/** A POST of Meta, whole. */
export interface WebhookRequest {
  tenant: string;
  team: string;
  signature: string | string[] | undefined;
  body: Buffer;
  receivedAtMs: number;
}

/** 200 stored, 401 not Meta, 503 not stored: Meta sends it again. */
export type WebhookStatus = 200 | 401 | 503;

export interface ReceiveDeps {
  bundle: () => Bundle | undefined;
  /** Whether Redis is there and has room. */
  hasRoom: () => boolean;
  client: RedisClient;
  intake: Intake;
  displayNumbers: ReturnType<typeof createDisplayNumbers>;
  queues: TierQueues;
  teller: StatusTeller;
  shards: number;
  metrics: IngressMetrics;
  logger: Logger;
}

/**
 * The whole of a webhook: verify the raw bytes, split into items, store each, and only then say 200. Every step may
 * be repeated: a 503 half-way is mended by Meta's next delivery of the same body.
 */
export async function receiveWebhook(request: WebhookRequest, deps: ReceiveDeps): Promise<WebhookStatus> {
  const { tenant, team, body } = request;
  const bundle = deps.bundle();
  if (bundle === undefined) return 503;
  const target = findTeam(bundle, tenant, team);
  // An unknown team costs the same as a wrong signature and gets the same answer.
  const secrets = target?.enabled === true ? target.appSecrets : [];
  const check = verifySignature(body, request.signature, secrets);
  if (!check.ok) {
    deps.metrics.signatureFailures.inc({ reason: check.reason });
    return 401;
  }
  if (!deps.hasRoom()) return 503;
  try {
    const parsed = parseWebhook(body, { receivedAtMs: request.receivedAtMs });
    if (parsed.kind === 'unreadable') {
      await setAside([{ tenant, team, reason: parsed.reason, raw: body.toString('utf8') }], deps);
    } else {
      await store(sortItems(parsed.items, { bundle, tenant, team, secret: check.secret }), bundle, deps);
      tellFields(parsed.items, { tenant, team }, deps);
    }
  } catch (err) {
    deps.logger.error({ err, tenant, team }, 'webhook.not_stored');
    return 503;
  }
  deps.metrics.acceptance.observe((Date.now() - request.receivedAtMs) / 1000);
  return 200;
}

async function store(sorted: Sorted, bundle: Bundle, deps: ReceiveDeps): Promise<void> {
  const { client, queues, shards, metrics, teller } = deps;
  await deps.displayNumbers.learn(sorted.displayNumbers);
  // First: what the contact writes from the new number belongs to the conversation of the old one.
  for (const identity of sorted.identities) await applyIdentity(identity, bundle, deps);
  if (sorted.events.length > 0) {
    const outcomes = await deps.intake.accept(sorted.events);
    for (const outcome of outcomes) metrics.events.inc({ kind: 'message', outcome });
    const old = sorted.events.filter((_, index) => outcomes[index] === 'old');
    sorted.aside.push(...old.map((event) => ({ ...event, reason: 'old', raw: JSON.stringify(event) })));
  }
  if (sorted.statuses.length > 0) {
    for (const outcome of await mergeReceipts(sorted.statuses, { client, queues, shards, bundle, teller })) {
      metrics.events.inc({ kind: 'status', outcome: outcome === 'settle' ? 'merged' : outcome });
    }
  }
  for (const news of sorted.news) await applyNews(news, deps);
  await setAside(sorted.aside, deps);
}

async function setAside(items: Sorted['aside'], deps: ReceiveDeps): Promise<void> {
  if (items.length === 0) return;
  await keepAside(deps.client, deps.shards, items);
  deps.metrics.events.inc({ kind: 'other', outcome: 'aside' }, items.length);
  for (const { tenant, team, reason } of items) {
    // News is kept whatever it says: nothing is wrong with it.
    const level = reason === 'account_field' ? 'info' : 'warn';
    deps.logger[level]({ tenant, team, reason }, 'item.kept_aside');
  }
}
