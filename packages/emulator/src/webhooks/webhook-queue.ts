import { signBody } from '@alur/whatsapp';
import { type Clock } from '../clock.ts';
import { type NumberSettings } from '../options.ts';
import { type Stats } from '../stats.ts';
import { type AppSecrets } from './app-secrets.ts';
import { composeWebhooks } from './compose-webhook.ts';
import { type DeliveryLog } from './delivery-log.ts';
import { createFifo } from './fifo.ts';
import { type WebhookAnswer, type WebhookPoster } from './post-webhook.ts';
import { type UpdateBatches } from './update-batches.ts';
import { type Redelivery } from './redelivery.ts';
import { type MessageUpdate, type Update, fieldOf } from './update.ts';
import { type Destination, type WebhookAddresses } from './webhook-addresses.ts';

// Webhooks leave as Meta's do: an inbound message at once and alone, receipts alone while there is room and in
// batches when there is not; whatever is not answered with 200 comes again, later and later, in no fixed order.

const CONCURRENCY = 16;
// Fewer for receipts: what falls due meanwhile goes as one batch, which costs both sides far less.
const RECEIPT_CONCURRENCY = 4;
// About half a gigabyte: what a receiver that is down for long may cost.
const WAITING_MAX = 500_000;

interface Delivery {
  kind: Update['kind'];
  updates: readonly Update[];
  number: NumberSettings;
  field: string;
  body: string;
  /** Another app's; the number's own is looked up at each attempt, so that a repaired address is used. */
  other?: Destination;
  attempt: number;
  firstMs: number;
}

interface Attempt {
  answer: WebhookAnswer;
  retryInMs?: number;
}

export interface WebhookQueue {
  /** `waits`: only the clock will let it leave. */
  add(update: Update): 'leaves' | 'waits';
  /** Sends these in one webhook, unless that would be larger than Meta's are. */
  addTogether(updates: readonly Update[]): void;
  /** Posts a body as it is, signed anew, once. */
  repost(number: NumberSettings, field: string, body: string): Promise<WebhookAnswer>;
  /** Updates not yet answered with 200. */
  readonly pending: number;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  close(): void;
}

export interface WebhookQueueDeps {
  clock: Clock;
  addresses: WebhookAddresses;
  secrets: AppSecrets;
  log: DeliveryLog;
  redelivery: Redelivery;
  receipts: (onReady: () => void) => UpdateBatches<MessageUpdate>;
  messages: (onReady: () => void) => UpdateBatches<Update>;
  /** By how much an update is held back, so that they leave out of order; 0 where order is kept. */
  holdMs: () => number;
  poster: WebhookPoster;
  stats: Stats;
  /** How many updates may wait, and how many copies for other apps. */
  waitingMax?: number;
}

export function createWebhookQueue(deps: WebhookQueueDeps): WebhookQueue {
  return new Queue(deps);
}

class Queue implements WebhookQueue {
  readonly #deps: WebhookQueueDeps;
  readonly #waitingMax: number;
  readonly #messages: UpdateBatches<Update>;
  readonly #receipts: UpdateBatches<MessageUpdate>;
  readonly #deliveries = createFifo<Delivery>();
  #waiters: (() => void)[] = [];
  #active = 0;
  #activeReceipts = 0;
  #pending = 0;
  #copiesPending = 0;
  #isPumping = false;
  #isClosed = false;

  constructor(deps: WebhookQueueDeps) {
    this.#deps = deps;
    this.#waitingMax = deps.waitingMax ?? WAITING_MAX;
    this.#receipts = deps.receipts(() => this.#pumpSoon());
    this.#messages = deps.messages(() => this.#pumpSoon());
  }

  get pending(): number {
    return this.#pending;
  }

  add(update: Update): 'leaves' | 'waits' {
    if (!this.#admit(update)) return 'leaves';
    const holdMs = this.#deps.holdMs();
    if (holdMs === 0) return this.#enqueue(update);
    this.#deps.clock.later(() => this.#enqueue(update), holdMs);
    return 'waits';
  }

  addTogether(updates: readonly Update[]): void {
    const admitted = updates.filter((update) => this.#admit(update));
    for (const delivery of this.#deliveriesOf(admitted)) this.#deliveries.add(delivery);
    this.#pumpSoon();
  }

  async repost(number: NumberSettings, field: string, body: string): Promise<WebhookAnswer> {
    const own = this.#deps.addresses.destinationFor(number, field);
    // As old as that it comes no more.
    const firstMs = -Infinity;
    const delivery = { kind: 'account' as const, updates: [], number, field, body, attempt: 0, firstMs };
    const { answer } = own ? await this.#attempt(delivery, own) : NO_ADDRESS;
    return answer;
  }

  async settled(): Promise<void> {
    while (!this.#isClosed && (this.#isPumping || this.#active > 0)) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#receipts.close();
    this.#messages.close();
    this.#deps.poster.close();
    this.#tellWaiters();
  }

  #admit(update: Update): boolean {
    if (this.#isClosed) return false;
    if (this.#pending < this.#waitingMax) {
      this.#pending += 1;
      return true;
    }
    this.#deps.stats.webhooks.dropped += 1;
    update.onAnswer?.({ status: 0, error: 'QUEUE_FULL' });
    return false;
  }

  #enqueue(update: Update): 'leaves' | 'waits' {
    if (update.kind === 'statuses') return this.#receipts.add(update);
    return this.#messages.add(update);
  }

  // After the timers of this moment, so that receipts due together leave together.
  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      this.#pump();
      this.#tellWaiters();
    });
  }

  // While the clock stands still one goes after the other: what arrives in which order repeats, too.
  #pump(): void {
    const most = this.#deps.clock.rate === 0 ? 1 : CONCURRENCY;
    while (!this.#isClosed && this.#active < most) {
      const delivery = this.#next();
      if (!delivery) return;
      this.#active += 1;
      if (delivery.kind === 'statuses') this.#activeReceipts += 1;
      void this.#deliver(delivery);
    }
  }

  #next(): Delivery | undefined {
    const messages = this.#messages.take();
    if (messages) this.#deliveriesOf(messages).forEach((delivery) => this.#deliveries.add(delivery));
    const waiting = this.#deliveries.take();
    if (waiting) return waiting;
    const batch = this.#activeReceipts < RECEIPT_CONCURRENCY ? this.#receipts.take() : undefined;
    if (!batch) return undefined;
    // All are of one number: there is nothing to sort.
    const [first, ...more] = this.#deliveriesOfOne(batch);
    more.forEach((delivery) => this.#deliveries.add(delivery));
    return first;
  }

  /** For each app that is subscribed its own; updates that go to different addresses travel apart. */
  #deliveriesOf(updates: readonly Update[]): Delivery[] {
    const groups = groupBy(updates, (update) => {
      const { number } = update;
      const url = this.#deps.addresses.callbackFor(number, fieldOf(update))?.url ?? '';
      return `${number.appSecret} ${url}`;
    });
    return groups.flatMap((group) => this.#deliveriesOfOne(group));
  }

  #deliveriesOfOne(updates: readonly Update[]): Delivery[] {
    const firstMs = this.#deps.clock.nowMs();
    return composeWebhooks(updates).flatMap((part) => {
      const own = deliveriesOf(part, firstMs);
      return [...own, ...this.#copies(part, firstMs)];
    });
  }

  /** For other apps, each of what is about its WABA. */
  #copies(part: Composed, firstMs: number): Delivery[] {
    const { addresses } = this.#deps;
    return groupBy(part.updates, ({ number }) => number.wabaId).flatMap((updates) => {
      const [first] = updates;
      const others = first ? addresses.otherApps(first.number) : [];
      if (others.length === 0) return [];
      const parts = updates.length === part.updates.length ? [part] : composeWebhooks(updates);
      const copies = parts.flatMap((copy) => deliveriesOf(copy, firstMs));
      return others.flatMap((other) => copies.flatMap((copy) => this.#admitCopy({ ...copy, other })));
    });
  }

  // An app that is down would fill the memory otherwise: its copies are not among the updates that wait.
  #admitCopy(copy: Delivery): Delivery[] {
    const size = copy.updates.length;
    if (this.#copiesPending + size > this.#waitingMax) {
      this.#deps.stats.webhooks.dropped += size;
      return [];
    }
    this.#copiesPending += size;
    return [copy];
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { addresses, stats, clock } = this.#deps;
    const destination = delivery.other ?? addresses.destinationFor(delivery.number, delivery.field);
    const { answer, retryInMs } = destination ? await this.#attempt(delivery, destination) : NO_ADDRESS;
    this.#active -= 1;
    if (delivery.kind === 'statuses') this.#activeReceipts -= 1;
    if (this.#isClosed) return;
    if (destination) stats.webhooks[answer.status === 200 ? 'accepted' : 'refused'] += 1;
    if (retryInMs === undefined) this.#finish(delivery, answer);
    else clock.later(() => this.#again(delivery), retryInMs);
    if (!delivery.other) for (const update of delivery.updates) update.onAnswer?.(answer, retryInMs);
    this.#pump();
    this.#tellWaiters();
  }

  async #attempt(delivery: Delivery, { url, appSecret }: Destination): Promise<Attempt> {
    const { body, number, field, firstMs } = delivery;
    const { poster, secrets, clock, log, redelivery } = this.#deps;
    const signature = signBody(body, secrets.pick(appSecret));
    const answer = await poster.post(url, body, signature);
    const at = clock.nowMs();
    const waitMs = answer.status === 200 ? undefined : redelivery(delivery.attempt, at - firstMs);
    delivery.attempt += 1;
    const retry = waitMs === undefined ? {} : { retryInMs: waitMs };
    const { attempt } = delivery;
    const bytes = body.length;
    log.add({ at, number: number.id, url, field, attempt, ...answer, ...retry, bytes, signature, body });
    return { answer, ...retry };
  }

  /** It was taken, or comes no more. */
  #finish({ updates, other }: Delivery, { status }: WebhookAnswer): void {
    if (other) this.#copiesPending -= updates.length;
    else this.#pending -= updates.length;
    if (status !== 200) this.#deps.stats.webhooks.dropped += updates.length;
  }

  #again(delivery: Delivery): void {
    this.#deliveries.add(delivery);
    this.#pumpSoon();
  }

  #tellWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    waiters.forEach((resolve) => resolve());
  }
}

type Composed = ReturnType<typeof composeWebhooks>[number];

function deliveriesOf({ body, updates }: Composed, firstMs: number): Delivery[] {
  const [first] = updates;
  if (!first) return [];
  const { kind, number } = first;
  return [{ kind, updates, number, field: fieldOf(first), body, attempt: 0, firstMs }];
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

const NO_ADDRESS: Attempt = { answer: { status: 0, error: 'NO_ADDRESS' } };
