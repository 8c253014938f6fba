import { type Json, type JsonObject } from '@alur/types';
import { readErrorCode } from './error-code.ts';
import { isObject } from './fields.ts';
import { TypeWord } from './type-word.ts';

/** What Meta may tell beside messages, under one name. */
export interface WebhookField {
  field: string;
  /** Meta's word, when people should look at it. */
  alert?: (value: Json) => string | undefined;
}

const RESTRICTING: ReadonlySet<Json | undefined> = new Set([
  'ACCOUNT_DELETED',
  'ACCOUNT_VIOLATION',
  'ACCOUNT_RESTRICTION',
  'ACCOUNT_OFFBOARDED',
  'DISABLED_UPDATE',
  'PARTNER_REMOVED',
  'PARTNER_APP_UNINSTALLED',
]);
const CALM_DECISIONS: ReadonlySet<Json | undefined> = new Set(['APPROVED', 'PENDING', undefined]);

const FIELDS: readonly WebhookField[] = [
  { field: 'messages' },
  // Parts of `messages` that are about the account.
  { field: 'errors', alert: (value) => readErrorCode(value)?.toString() },
  { field: 'system' },
  { field: 'message_template_status_update' },
  { field: 'message_template_quality_update' },
  { field: 'message_template_components_update' },
  { field: 'template_category_update' },
  {
    field: 'phone_number_quality_update',
    alert: ofObject(({ event }) => wordIf(event === 'FLAGGED', event)),
  },
  { field: 'phone_number_name_update', alert: ofObject(readDecision) },
  { field: 'account_update', alert: ofObject(({ event }) => wordIf(RESTRICTING.has(event), event)) },
  { field: 'account_review_update', alert: ofObject(readDecision) },
  { field: 'account_alerts', alert: ofObject(readAccountAlert) },
  { field: 'business_capability_update' },
  { field: 'user_preferences' },
  // The requester's id stays in the value.
  { field: 'security', alert: ofObject(({ event }) => TypeWord.parse(event)) },
  { field: 'flows' },
  { field: 'calls' },
  { field: 'history' },
  { field: 'smb_app_state_sync' },
  { field: 'smb_message_echoes' },
  { field: 'automatic_events' },
  { field: 'partner_solutions' },
  { field: 'payment_configuration_update' },
  { field: 'group_lifecycle_update' },
  { field: 'group_participants_update' },
  { field: 'group_settings_update' },
  { field: 'group_status_update' },
  { field: 'business_username_updates' },
  { field: 'user_id_update' },
];

/** The webhook fields that Alur knows, by Meta's word. A Map: words come from outside. */
export const WEBHOOK_FIELDS: ReadonlyMap<string, WebhookField> = new Map(
  FIELDS.map((field): [string, WebhookField] => [field.field, field]),
);

/** The field that a value is of. Meta's own example of a quality update comes under the name of another. */
export function fieldOf(field: string, value: Json): string {
  const isQuality = isObject(value) && value['new_quality_score'] !== undefined;
  return field === 'message_template_status_update' && isQuality ? 'message_template_quality_update' : field;
}

function ofObject(read: (value: JsonObject) => string | undefined): (value: Json) => string | undefined {
  return (value) => (isObject(value) ? read(value) : undefined);
}

function wordIf(isAlert: boolean, word: Json | undefined): string | undefined {
  return isAlert ? TypeWord.parse(word) : undefined;
}

function readDecision({ decision }: JsonObject): string | undefined {
  return wordIf(!CALM_DECISIONS.has(decision), decision);
}

// Older bodies have the members of `alert_info` beside it.
function readAccountAlert(value: JsonObject): string | undefined {
  const info = isObject(value['alert_info']) ? value['alert_info'] : value;
  return wordIf(info['alert_severity'] !== 'INFORMATIONAL', info['alert_type']);
}
