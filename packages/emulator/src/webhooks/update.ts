import { type JsonObject } from '@alur/types';
import { type NumberSettings } from '../options.ts';
import { type WebhookAnswer } from './post-webhook.ts';

interface AnyUpdate {
  number: NumberSettings;
  /** Called after every attempt of the number's own app; `retryInMs` says when the next one comes. */
  onAnswer?: (answer: WebhookAnswer, retryInMs?: number) => void;
}

/** A message or a receipt: what the field `messages` carries. */
export interface MessageUpdate extends AnyUpdate {
  kind: 'messages' | 'statuses';
  /** Element of `value.messages` or `value.statuses`. */
  item: JsonObject;
  /** Element of `value.contacts`, which goes with it. */
  contact?: JsonObject;
  /** Elements of `value.errors`, which go beside it. */
  errors?: readonly JsonObject[];
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

/** Its subscription name. */
export function fieldOf(update: Update): string {
  return update.kind === 'account' ? update.field : 'messages';
}
