import { type JsonObject } from '@alur/types';
import { type NumberSettings } from '../options.ts';

/** What a ready-made piece of news is about, as far as it is about something. */
export interface EventSubject {
  number: NumberSettings;
  /** `wa_id` or user id of the contact. */
  contact: string;
  template: { name: string; language: string };
  /** An integer, as webhooks have it. */
  templateId: number;
  nowSeconds: number;
}

/** A ready-made piece of news. */
export interface AccountEvent {
  /** Subscription name. */
  field: string;
  value: (subject: EventSubject) => JsonObject;
}

export const HOUR_S = 3_600;

/** The number as most of these fields have it: digits alone. */
export function plain({ displayNumber }: NumberSettings): string {
  return displayNumber.replace(/\D/g, '');
}
