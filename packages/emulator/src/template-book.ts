import { z } from 'zod';
import { type Refusal } from './refusal.ts';

const TemplateStatus = z.enum(['APPROVED', 'REJECTED', 'PAUSED', 'DISABLED', 'DELETED']);
type TemplateStatus = z.infer<typeof TemplateStatus>;

/** What a template of a number's WABA shall be from now on, in all its languages. */
export const TemplateOrder = z.strictObject({
  number: z.string().min(1),
  name: z.string().min(1),
  status: TemplateStatus,
  /** Stays what it was when left out; at first it is not known, and an unknown template may be marketing. */
  category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).optional(),
  /** The one that the webhook names. */
  language: z.string().min(1).default('en-US'),
});
export type TemplateOrder = z.infer<typeof TemplateOrder>;

export interface KnownTemplate {
  status: TemplateStatus;
  category: TemplateOrder['category'];
}

/** Templates by WABA and name; one that is not here is approved and of no known category. */
export interface TemplateBook {
  /** Notes what was ordered and returns what was known before. */
  set(wabaId: string, order: TemplateOrder): KnownTemplate;
  /** Why it cannot be sent now. */
  refusal(wabaId: string, template: { name: string; language: string }): Refusal | undefined;
  canBeMarketing(wabaId: string, name: string): boolean;
}

const UNKNOWN: KnownTemplate = { status: 'APPROVED', category: undefined };

export function createTemplateBook(): TemplateBook {
  const templates = new Map<string, KnownTemplate>();
  const key = (wabaId: string, name: string) => `${wabaId} ${name}`;
  const find = (wabaId: string, name: string) => templates.get(key(wabaId, name)) ?? UNKNOWN;
  return {
    set(wabaId, { name, status, category }) {
      const before = find(wabaId, name);
      templates.set(key(wabaId, name), { status, category: category ?? before.category });
      return before;
    },
    refusal: (wabaId, { name, language }) => refusalOf(find(wabaId, name).status, name, language),
    canBeMarketing: (wabaId, name) => (find(wabaId, name).category ?? 'MARKETING') === 'MARKETING',
  };
}

function refusalOf(status: TemplateStatus, name: string, language: string): Refusal | undefined {
  switch (status) {
    case 'APPROVED':
      return undefined;
    case 'PAUSED':
      return {
        http: 400,
        code: 132015,
        message: '(#132015) Template is paused',
        details: 'The template is paused for low quality and cannot be sent.',
      };
    case 'DISABLED':
      return {
        http: 400,
        code: 132016,
        message: '(#132016) Template is disabled',
        details: 'The template was paused too often for low quality and is disabled for good.',
      };
    // What is not approved is not there.
    case 'REJECTED':
    case 'DELETED':
      return {
        http: 404,
        code: 132001,
        message: '(#132001) Template name does not exist in the translation',
        details: `template name (${name}) does not exist in ${language}`,
      };
  }
}
