import { type JsonObject } from '@alur/types';
import { signBody } from '@alur/whatsapp';
import { type Fifo, createFifo } from './fifo.ts';
import { type EmulatedNumber } from './options.ts';
import { type WebhookAnswer, type WebhookPoster } from './post-webhook.ts';
import { serialiseWebhook } from './serialise-webhook.ts';
import { type Stats } from './stats.ts';

// Webhooks leave as Meta's do: an inbound message at once and alone, receipts alone while there is room and in
// batches when there is not; whatever is not answered with 200 comes again, later and later, in no fixed order.

const CONCURRENCY = 16;
// Fewer for receipts: what falls due meanwhile goes as one batch, which costs both sides far less.
const RECEIPT_CONCURRENCY = 4;
const BATCH_MAX = 100;
const WAITING_MAX = 100_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;

/** One update on its way to a webhook. */
export interface Update {
  number: EmulatedNumber;
  kind: 'messages' | 'statuses';
  /** Element of `value.messages` or `value.statuses`. */
  item: JsonObject;
  /** Element of `value.contacts`, which goes with it. */
  contact?: JsonObject;
  /** Called after every attempt; `retryInMs` says when the next one comes. */
  onAnswer?: (answer: WebhookAnswer, retryInMs?: number) => void;
}

interface Delivery {
  kind: Update['kind'];
  updates: Update[];
  url: string;
  body: string;
  signature: string;
  attempt: number;
}

export interface WebhookQueue {
  add(update: Update): void;
  /** Updates not yet answered with 200. */
  readonly pending: number;
  close(): void;
}

export function createWebhookQueue(baseUrl: string, poster: WebhookPoster, stats: Stats): WebhookQueue {
  return new Queue(baseUrl, poster, stats);
}

class Queue implements WebhookQueue {
  readonly #baseUrl: string;
  readonly #poster: WebhookPoster;
  readonly #stats: Stats;
  readonly #messages = createFifo<Update>();
  readonly #statuses = createFifo<Update>();
  readonly #repeats = createFifo<Delivery>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #active = 0;
  #activeReceipts = 0;
  #pending = 0;
  #isPumping = false;
  #isClosed = false;

  constructor(baseUrl: string, poster: WebhookPoster, stats: Stats) {
    this.#baseUrl = baseUrl;
    this.#poster = poster;
    this.#stats = stats;
  }

  get pending(): number {
    return this.#pending;
  }

  add(update: Update): void {
    if (this.#isClosed) return;
    if (this.#pending >= WAITING_MAX) {
      this.#stats.webhooks.dropped += 1;
      update.onAnswer?.({ status: 0, error: 'QUEUE_FULL' });
      return;
    }
    this.#pending += 1;
    (update.kind === 'messages' ? this.#messages : this.#statuses).add(update);
    this.#pumpSoon();
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#poster.close();
  }

  // After the timers of this moment, so that receipts due together leave together.
  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#isClosed && this.#active < CONCURRENCY) {
      const delivery = this.#next();
      if (!delivery) return;
      this.#active += 1;
      if (delivery.kind === 'statuses') this.#activeReceipts += 1;
      void this.#deliver(delivery);
    }
  }

  #next(): Delivery | undefined {
    const message = this.#messages.take();
    if (message) return toDelivery(this.#baseUrl, message, []);
    const repeat = this.#repeats.take();
    if (repeat) return repeat;
    const first = this.#activeReceipts < RECEIPT_CONCURRENCY ? this.#statuses.take() : undefined;
    if (!first) return undefined;
    const more: Update[] = [];
    while (more.length < BATCH_MAX - 1 && this.#statuses.peek()?.number === first.number) {
      more.push(...takeOne(this.#statuses));
    }
    return toDelivery(this.#baseUrl, first, more);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const answer = await this.#poster.post(delivery.url, delivery.body, delivery.signature);
    this.#active -= 1;
    if (delivery.kind === 'statuses') this.#activeReceipts -= 1;
    if (this.#isClosed) return;
    const isAccepted = answer.status === 200;
    this.#stats.webhooks[isAccepted ? 'accepted' : 'refused'] += 1;
    if (isAccepted) this.#pending -= delivery.updates.length;
    const retryInMs = isAccepted ? undefined : this.#repeatLater(delivery);
    for (const update of delivery.updates) update.onAnswer?.(answer, retryInMs);
    this.#pump();
  }

  #repeatLater(delivery: Delivery): number {
    const waitMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** delivery.attempt);
    delivery.attempt += 1;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#repeats.add(delivery);
      this.#pump();
    }, waitMs);
    this.#timers.add(timer.unref());
    return waitMs;
  }
}

function takeOne(updates: Fifo<Update>): Update[] {
  const update = updates.take();
  return update ? [update] : [];
}

function toDelivery(baseUrl: string, first: Update, more: Update[]): Delivery {
  const { number, kind } = first;
  const updates = [first, ...more];
  const contacts = updates.flatMap((update) => update.contact ?? []);
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.displayNumber, phone_number_id: number.id },
    ...(contacts.length > 0 ? { contacts } : {}),
    [kind]: updates.map((update) => update.item),
  };
  const body = serialiseWebhook({
    object: 'whatsapp_business_account',
    entry: [{ id: number.wabaId, changes: [{ value, field: 'messages' }] }],
  });
  const url = `${baseUrl}/webhook/whatsapp/${number.tenant}/${number.team}`;
  return { kind, updates, url, body, signature: signBody(body, number.appSecret), attempt: 0 };
}
