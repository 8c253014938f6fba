import { type JsonObject } from '@alur/types';
import { signBody } from '@alur/whatsapp';
import { createFifo } from './fifo.ts';
import { type NumberSettings, type StatusBatch } from './options.ts';
import { type WebhookAnswer, type WebhookPoster } from './post-webhook.ts';
import { type ReceiptBatches, createReceiptBatches } from './receipt-batches.ts';
import { serialiseWebhook } from './serialise-webhook.ts';
import { type Stats } from './stats.ts';

// Webhooks leave as Meta's do: an inbound message at once and alone, receipts alone while there is room and in
// batches when there is not; whatever is not answered with 200 comes again, later and later, in no fixed order.

const CONCURRENCY = 16;
// Fewer for receipts: what falls due meanwhile goes as one batch, which costs both sides far less.
const RECEIPT_CONCURRENCY = 4;
// About half a gigabyte: what a receiver that is down for long may cost.
const WAITING_MAX = 500_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;

interface AnyUpdate {
  number: NumberSettings;
  /** Called after every attempt; `retryInMs` says when the next one comes. */
  onAnswer?: (answer: WebhookAnswer, retryInMs?: number) => void;
}

/** A message or a receipt: what the field `messages` carries. */
interface MessageUpdate extends AnyUpdate {
  kind: 'messages' | 'statuses';
  /** Element of `value.messages` or `value.statuses`. */
  item: JsonObject;
  /** Element of `value.contacts`, which goes with it. */
  contact?: JsonObject;
}

/** News about a number's account, under a field of its own. */
interface AccountUpdate extends AnyUpdate {
  kind: 'account';
  field: string;
  value: JsonObject;
  /** Unix seconds. */
  atSeconds: number;
}

/** One update on its way to a webhook. */
export type Update = MessageUpdate | AccountUpdate;

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

export interface WebhookQueueDeps {
  baseUrl: string;
  batch: StatusBatch;
  poster: WebhookPoster;
  stats: Stats;
}

export function createWebhookQueue(deps: WebhookQueueDeps): WebhookQueue {
  return new Queue(deps);
}

class Queue implements WebhookQueue {
  readonly #deps: WebhookQueueDeps;
  readonly #messages = createFifo<Update>();
  readonly #receipts: ReceiptBatches<MessageUpdate>;
  readonly #repeats = createFifo<Delivery>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #active = 0;
  #activeReceipts = 0;
  #pending = 0;
  #isPumping = false;
  #isClosed = false;

  constructor(deps: WebhookQueueDeps) {
    this.#deps = deps;
    this.#receipts = createReceiptBatches(deps.batch, () => this.#pumpSoon());
  }

  get pending(): number {
    return this.#pending;
  }

  add(update: Update): void {
    if (this.#isClosed) return;
    if (this.#pending >= WAITING_MAX) {
      this.#deps.stats.webhooks.dropped += 1;
      update.onAnswer?.({ status: 0, error: 'QUEUE_FULL' });
      return;
    }
    this.#pending += 1;
    if (update.kind === 'statuses') return this.#receipts.add(update);
    this.#messages.add(update);
    this.#pumpSoon();
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#receipts.close();
    this.#deps.poster.close();
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
    if (message) return toDelivery(this.#deps.baseUrl, message, []);
    const repeat = this.#repeats.take();
    if (repeat) return repeat;
    const batch = this.#activeReceipts < RECEIPT_CONCURRENCY ? this.#receipts.take() : undefined;
    const [first, ...more] = batch ?? [];
    return first && toDelivery(this.#deps.baseUrl, first, more);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const answer = await this.#deps.poster.post(delivery.url, delivery.body, delivery.signature);
    this.#active -= 1;
    if (delivery.kind === 'statuses') this.#activeReceipts -= 1;
    if (this.#isClosed) return;
    const isAccepted = answer.status === 200;
    this.#deps.stats.webhooks[isAccepted ? 'accepted' : 'refused'] += 1;
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

function toDelivery(baseUrl: string, first: Update, more: MessageUpdate[]): Delivery {
  const { number, kind } = first;
  const body = serialiseWebhook({ object: 'whatsapp_business_account', entry: [entryOf(first, more)] });
  const url = `${baseUrl}/webhook/whatsapp/${number.tenant}/${number.team}`;
  const signature = signBody(body, number.appSecret);
  return { kind, updates: [first, ...more], url, body, signature, attempt: 0 };
}

function entryOf(first: Update, more: MessageUpdate[]): JsonObject {
  const { number } = first;
  if (first.kind === 'account') {
    const { field, value, atSeconds } = first;
    return { id: number.wabaId, time: atSeconds, changes: [{ value, field }] };
  }
  const updates = [first, ...more];
  const contacts = updates.flatMap((update) => update.contact ?? []);
  const value = {
    messaging_product: 'whatsapp',
    metadata: metadataOf(number),
    ...(contacts.length > 0 ? { contacts } : {}),
    [first.kind]: updates.map((update) => update.item),
  };
  return { id: number.wabaId, changes: [{ value, field: 'messages' }] };
}

/** How a webhook names the number that it is about. */
export function metadataOf(number: NumberSettings): JsonObject {
  return { display_phone_number: number.displayNumber, phone_number_id: number.id };
}
