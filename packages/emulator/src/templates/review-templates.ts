import { z } from 'zod';
import { type JsonObject } from '@alur/types';
import { type Clock } from '../clock.ts';
import { type StoredTemplate } from './stored-template.ts';
import { type TemplateBook } from './template-book.ts';
import { categoryNews, statusNews } from './template-news.ts';

/** What becomes of a template, by order, one language of it alone. */
export const ReviewOrder = z.strictObject({
  number: z.string().min(1),
  name: z.string().min(1),
  language: z.string().min(1),
  status: z.enum(['APPROVED', 'REJECTED', 'PAUSED', 'DISABLED', 'PENDING']),
  /** Of a rejection, such as INVALID_FORMAT. */
  reason: z.string().min(1).default('INVALID_FORMAT'),
  category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).optional(),
});
export type ReviewOrder = z.infer<typeof ReviewOrder>;

/** Decides about templates that wait, and tells by webhook. */
export interface Reviewer {
  /** A new or edited template waits; it is approved by itself, unless an order comes first. */
  await(template: StoredTemplate): void;
  decide(template: StoredTemplate, decision: Pick<ReviewOrder, 'status' | 'reason' | 'category'>): void;
}

export interface ReviewerDeps {
  clock: Pick<Clock, 'later'>;
  book: TemplateBook;
  /** From submission to approval; `null`: only by order. */
  reviewMs: number | null;
  /** Posts a webhook about a WABA. */
  tell: (wabaId: string, field: string, value: JsonObject) => void;
}

export function createReviewer({ clock, book, reviewMs, tell }: ReviewerDeps): Reviewer {
  const decide: Reviewer['decide'] = (template, { status, reason, category }) => {
    const previous = template.category;
    template.status = status;
    template.rejectedReason = status === 'REJECTED' ? reason : 'NONE';
    template.category = category ?? previous;
    if (template.category !== previous) {
      tell(template.wabaId, 'template_category_update', categoryNews(template, previous));
    }
    tell(template.wabaId, 'message_template_status_update', statusNews(template));
  };
  return {
    decide,
    await(template) {
      template.status = 'PENDING';
      if (reviewMs === null) return;
      clock.later(() => {
        if (book.byId(template.id) !== template || template.status !== 'PENDING') return;
        decide(template, { status: 'APPROVED', reason: 'NONE' });
      }, reviewMs);
    },
  };
}
