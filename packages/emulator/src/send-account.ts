import { createHash } from 'node:crypto';
import { z } from 'zod';
import { JsonObject } from '@alur/types';
import { type ContactBook } from './limits/contact-book.ts';
import { type NumberSettings } from './options.ts';
import { type WebhookAnswer } from './post-webhook.ts';
import { type KnownTemplate, type TemplateOrder } from './template-book.ts';
import { type WebhookQueue, metadataOf } from './webhook-queue.ts';

/** News about the account of a number: any field and value that Meta may send. */
export const AccountOrder = z.strictObject({
  number: z.string().min(1),
  field: z.string().min(1),
  value: JsonObject,
});
export type AccountOrder = z.infer<typeof AccountOrder>;

export interface AccountDeps {
  queue: WebhookQueue;
  contacts: ContactBook;
  nowMs: () => number;
}

/**
 * Posts the webhook for the number's WABA and says how its first attempt was answered. `user_preferences` also sets
 * what the contacts want; `messaging_product` and `metadata` are filled in there when left out.
 */
export function sendAccount(
  { field, value }: Pick<AccountOrder, 'field' | 'value'>,
  number: NumberSettings,
  deps: AccountDeps,
): Promise<WebhookAnswer> {
  const isPreference = field === 'user_preferences';
  if (isPreference) applyPreferences(value, number, deps.contacts);
  const frame: JsonObject = isPreference
    ? { messaging_product: 'whatsapp', metadata: metadataOf(number) }
    : {};
  return new Promise((resolve) => {
    deps.queue.add({
      number,
      kind: 'account',
      field,
      value: { ...frame, ...value },
      atSeconds: Math.floor(deps.nowMs() / 1_000),
      onAnswer: resolve,
    });
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
  for (const item of Preferences.safeParse(value).data?.user_preferences ?? []) {
    const { data } = Preference.safeParse(item);
    if (!data) continue;
    const { wa_id: waId, user_id: userId } = data;
    const choice = data.value === 'stop' ? 'stop' : 'resume';
    contacts.setMarketing(number.id, contacts.resolve({ waId, userId }), choice);
  }
}

/** What Meta tells of a template's new status. */
export function templateNews(
  order: TemplateOrder,
  before: KnownTemplate,
): Pick<AccountOrder, 'field' | 'value'> {
  const { name, status, language } = order;
  const category = order.category ?? before.category;
  const title = titleOf(status, before.status);
  const value = {
    event: status,
    message_template_id: templateId(name),
    message_template_name: name,
    message_template_language: language,
    reason: status === 'REJECTED' ? 'INVALID_FORMAT' : 'NONE',
    ...(category ? { message_template_category: category } : {}),
    ...(title ? { other_info: { title, description: `The template is now ${status}.` } } : {}),
  };
  return { field: 'message_template_status_update', value };
}

function titleOf(status: TemplateOrder['status'], before: TemplateOrder['status']): string | undefined {
  if (status === 'PAUSED') return 'FIRST_PAUSE';
  if (status === 'DISABLED') return 'DISABLED';
  return status === 'APPROVED' && before === 'PAUSED' ? 'UNPAUSE' : undefined;
}

/** An integer, as in Meta's webhooks, and the same for the same name. */
function templateId(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, 6);
}
