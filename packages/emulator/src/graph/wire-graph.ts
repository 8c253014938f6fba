import { type JsonObject } from '@alur/types';
import { createBlockList } from '../account/block-list.ts';
import { createContactRules } from '../account/contact-rules.ts';
import { createMessageBook } from '../account/message-book.ts';
import { createRegistrations } from '../account/registration.ts';
import { type Clock } from '../clock.ts';
import { type ContactBook } from '../limits/contact-book.ts';
import { createBrokenLinks } from '../media/broken-links.ts';
import { createDownloads } from '../media/downloads.ts';
import { type MediaBook } from '../media/media-book.ts';
import { type EmulatorSettings } from '../options.ts';
import { createReviewer } from '../templates/review-templates.ts';
import { type TemplateBook } from '../templates/template-book.ts';
import { type WebhookQueue } from '../webhooks/webhook-queue.ts';
import { createQuotaBook } from './call-quota.ts';
import { type NumberBook } from './number-book.ts';

interface WireDeps {
  seed: string;
  clock: Clock;
  contacts: ContactBook;
  templates: TemplateBook;
  media: MediaBook;
  numbers: NumberBook;
  queue: Pick<WebhookQueue, 'add'>;
}

/** What the Graph calls keep, beside the books that others use, too. */
export function wireGraph(settings: EmulatorSettings, deps: WireDeps) {
  const { seed, clock, contacts, numbers, templates, media, queue } = deps;
  const nowMs = () => clock.nowMs();
  const tell = (wabaId: string, field: string, value: JsonObject) => {
    const number = numbers.list().find((other) => other.wabaId === wabaId);
    if (number) queue.add({ number, kind: 'account', field, value, atSeconds: Math.floor(nowMs() / 1_000) });
  };
  return {
    registrations: createRegistrations(settings.numbers, nowMs),
    blocks: createBlockList(contacts),
    rules: createContactRules(settings.waIdVariants),
    messages: createMessageBook(),
    quota: createQuotaBook({ quota: settings.callQuota, nowMs }),
    reviewer: createReviewer({ clock, book: templates, reviewMs: settings.templateReviewMs, tell }),
    downloads: createDownloads({ media, key: `downloads ${seed}`, nowMs }),
    brokenLinks: createBrokenLinks(),
    strictness: { media: settings.media, targets: settings.targets },
  };
}
