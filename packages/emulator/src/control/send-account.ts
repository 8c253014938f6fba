import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Json, JsonObject, readAs } from '@alur/types';
import { type Clock } from '../clock.ts';
import { type NumberBook } from '../graph/number-book.ts';
import { type ContactBook } from '../limits/contact-book.ts';
import { type NumberSettings } from '../options.ts';
import { type KnownTemplate, type TemplateBook, TemplateOrder } from '../templates/template-book.ts';
import { metadataOf } from '../webhooks/compose-webhook.ts';
import { type WebhookAnswer } from '../webhooks/post-webhook.ts';
import { type WebhookQueue } from '../webhooks/webhook-queue.ts';
import { ACCOUNT_EVENT_NAMES, accountEvent } from './account-events.ts';

/** News about the account of a number: any field and value that Meta may send. */
const AnyNews = z.strictObject({
  number: z.string().min(1),
  field: z.string().min(1),
  value: JsonObject,
});

/** Ready-made news by name; `value` gives members another value than the example's. */
const NamedNews = z.strictObject({
  number: z.string().min(1),
  event: z.enum(ACCOUNT_EVENT_NAMES),
  contact: z.string().min(1).default('16505551234'),
  template: z
    .strictObject({ name: z.string().min(1), language: z.string().min(1).default('en-US') })
    .default({ name: 'order_update', language: 'en-US' }),
  value: JsonObject.default({}),
});

type NamedNews = z.infer<typeof NamedNews>;

export const AccountOrder = z.union([AnyNews, NamedNews]);
export type AccountOrder = z.infer<typeof AccountOrder>;

interface News {
  field: string;
  value: JsonObject;
}

export interface AccountDeps {
  queue: WebhookQueue;
  contacts: ContactBook;
  clock: Clock;
  numbers: NumberBook;
  templates: TemplateBook;
  nowMs: () => number;
}

/** The news that an order asks for. What it says of limits, templates and wishes also becomes so here. */
export function newsOf(order: AccountOrder, number: NumberSettings, deps: AccountDeps): News {
  if ('field' in order) return order;
  const { event, contact, template, value } = order;
  const nowSeconds = Math.floor(deps.nowMs() / 1_000);
  const subject = { number, contact, template, templateId: templateId(template.name), nowSeconds };
  const news = accountEvent(event, subject);
  if (!news) throw new Error(`No account event is named ${event}`);
  const merged = { field: news.field, value: { ...news.value, ...value } };
  becomeSo(merged, number, deps);
  if (event === 'template_paused') unpauseLater(order, number, deps);
  return merged;
}

// Source: Meta, "Template pausing": 3 hours the first time.
const FIRST_PAUSE_MS = 3 * 3_600_000;
const PAUSED = 132_015;

function unpauseLater(order: NamedNews, number: NumberSettings, deps: AccountDeps): void {
  deps.clock.later(() => {
    const { name, language } = order.template;
    const code = language.replace('-', '_');
    if (deps.templates.refusal(number.wabaId, { name, language: code })?.code !== PAUSED) return;
    const unpaused = newsOf({ ...order, event: 'template_unpaused', value: {} }, number, deps);
    void sendAccount(unpaused, number, deps);
  }, FIRST_PAUSE_MS);
}

const HIGH_THROUGHPUT = 1_000;

function becomeSo({ field, value }: News, number: NumberSettings, { numbers, templates }: AccountDeps): void {
  const { event } = value;
  if (event === 'THROUGHPUT_UPGRADE') numbers.change(number.id, { throughput: HIGH_THROUGHPUT });
  const tierLimit = tierLimitOf(value['max_daily_conversations_per_business']);
  if (tierLimit !== undefined) numbers.change(number.id, { tierLimit });
  if (field !== 'message_template_status_update') return;
  const template = readAs(TemplateOrder, {
    number: number.id,
    name: value['message_template_name'],
    language: value['message_template_language'],
    status: event,
  });
  if (template.success) templates.set(number.wabaId, template.data);
}

/** As a number (-1: none) or by Meta's name of the step; null is none. */
function tierLimitOf(limit: Json | undefined): number | null | undefined {
  if (typeof limit === 'number') return limit < 1 ? null : limit;
  if (limit === 'TIER_UNLIMITED') return null;
  const [, count, thousands] = /^TIER_([0-9]+)(K?)$/.exec(typeof limit === 'string' ? limit : '') ?? [];
  return count === undefined ? undefined : Number(count) * (thousands ? 1_000 : 1);
}

/**
 * Posts the webhook for the number's WABA and says how its first attempt was answered. `user_preferences` also sets
 * what the contacts want; `messaging_product` and `metadata` are filled in there when left out.
 */
export function sendAccount(
  { field, value }: News,
  number: NumberSettings,
  deps: Pick<AccountDeps, 'queue' | 'contacts' | 'clock' | 'nowMs'>,
): Promise<WebhookAnswer> {
  const isPreference = field === 'user_preferences';
  if (isPreference) applyPreferences(value, number, deps.contacts);
  const frame: JsonObject = isPreference
    ? { messaging_product: 'whatsapp', metadata: metadataOf(number) }
    : {};
  return new Promise((resolve) => {
    const way = deps.queue.add({
      number,
      kind: 'account',
      field,
      value: { ...frame, ...value },
      atSeconds: Math.floor(deps.nowMs() / 1_000),
      onAnswer: resolve,
    });
    if (way === 'waits' && deps.clock.rate === 0) resolve({ status: 0, error: 'CLOCK_STOPPED' });
  });
}

const Preferences = z.object({ user_preferences: z.array(z.unknown()) });
const Preference = z.object({
  wa_id: z.string().optional(),
  user_id: z.string().optional(),
  category: z.literal('marketing_messages').optional(),
  value: z.enum(['stop', 'resume', 'signup']),
});

// What is no choice about marketing is sent all the same, and changes nothing here.
function applyPreferences(value: JsonObject, number: NumberSettings, contacts: ContactBook): void {
  for (const item of readAs(Preferences, value).data?.user_preferences ?? []) {
    const { data } = readAs(Preference, item);
    if (!data) continue;
    const { wa_id: waId, user_id: userId } = data;
    const choice = data.value === 'stop' ? 'stop' : 'resume';
    contacts.setMarketing(number.id, contacts.resolve({ waId, userId }), choice);
  }
}

/** What Meta tells of a template's new status. */
export function templateNews(order: TemplateOrder, before: KnownTemplate): News {
  const { name, status } = order;
  const category = order.category ?? before.category;
  const title = titleOf(status, before.status);
  const value = {
    event: status,
    message_template_id: before.id === undefined ? templateId(name) : Number(before.id),
    message_template_name: name,
    message_template_language: order.language,
    reason: status === 'REJECTED' ? 'INVALID_FORMAT' : 'NONE',
    ...(category ? { message_template_category: category } : {}),
    ...(title ? { other_info: { title, description: `The template is now ${status}.` } } : {}),
  };
  return { field: 'message_template_status_update', value };
}

function titleOf(status: TemplateOrder['status'], before: string): string | undefined {
  if (status === 'PAUSED') return 'FIRST_PAUSE';
  if (status === 'DISABLED') return 'DISABLED';
  return status === 'APPROVED' && before === 'PAUSED' ? 'UNPAUSE' : undefined;
}

/** An integer, as in Meta's webhooks, and the same for the same name. */
function templateId(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, 6);
}
