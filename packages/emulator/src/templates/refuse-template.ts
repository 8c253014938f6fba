import { type JsonObject } from '@alur/types';
import { type Refusal, badParameter, refusal } from '../graph/refusal.ts';
import { checkSend } from './check-send.ts';
import { buttonsOf, isJsonObject } from './stored-template.ts';
import { type TemplateBook, type TemplateName } from './template-book.ts';

interface TemplateMessage {
  body: JsonObject;
  wabaId: string;
  template: TemplateName;
  /** Whether it is addressed by a business-scoped user id alone. */
  toUserId: boolean;
}

/** Why a template message cannot be sent: its template's status, its life, its recipient, or it does not fit. */
export function refuseTemplate(message: TemplateMessage, templates: TemplateBook): Refusal | undefined {
  const { body, wabaId, template, toUserId } = message;
  const barred = templates.refusal(wabaId, template);
  if (barred) return barred;
  const category = templates.categoryOf(wabaId, template.name);
  const defined = templates.find(wabaId, template);
  const isCode =
    defined !== undefined && buttonsOf(defined.components).some(({ otp_type: otp }) => otp !== undefined);
  if (toUserId && (category === 'AUTHENTICATION' || isCode)) return NO_USER_ID;
  const wrongLife = checkLife(body['message_send_ttl_seconds'], category);
  if (wrongLife) return wrongLife;
  const given = body['template'];
  return defined && isJsonObject(given) ? checkSend(defined, given) : undefined;
}

const NO_USER_ID = refusal(
  131062,
  'Business-scoped User ID (BSUID) recipients are not supported for this message',
  'Authentication templates are sent to phone numbers only.',
);

// Source: Meta, "Time to live". Seconds by category; of an unknown one all that any may have.
const LIVES: Record<string, [min: number, max: number]> = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
};

function checkLife(given: unknown, category: string | undefined): Refusal | undefined {
  const seconds = given === undefined || given === null ? -1 : Number(given);
  const [min, max] = LIVES[category ?? ''] ?? [30, 2_592_000];
  if (seconds === -1 || (seconds >= min && seconds <= max)) return undefined;
  return badParameter(`Param message_send_ttl_seconds must be between ${min} and ${max}.`);
}
