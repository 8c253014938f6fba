import { createHash } from 'node:crypto';
import { pageOf } from '../graph/paging.ts';
import { type FieldTable, selectFields } from '../graph/select-fields.ts';
import { type Calls, SUCCESS } from '../graph/graph-call.ts';
import { type NumberSettings } from '../options.ts';
import { appIdOf } from './app-id.ts';
import { type Addresses, configureCallback } from './callback-calls.ts';
import { type NumberFieldDeps, numberFields } from './number-fields.ts';

/** A WhatsApp Business account: all that is known of it is its numbers. */
export interface Waba {
  id: string;
  numbers: readonly NumberSettings[];
}

/** `/{waba_id}`: what is known of it, its numbers, and whether the app gets its webhooks. */
export function wabaCalls(deps: NumberFieldDeps): Calls<Waba> {
  const { addresses } = deps;
  const shown = numberFields(deps);
  return {
    GET: (call, waba) => selectFields(FIELDS, waba, call.params['fields']),
    'GET phone_numbers': (call, { numbers }) => {
      const found = pageOf(call, numbers);
      if ('refusal' in found) return found;
      const data: object[] = [];
      for (const number of found.page.data) {
        const selected = selectFields(shown, number, call.params['fields']);
        if ('refusal' in selected) return selected;
        data.push(selected.json);
      }
      return { json: { ...found.page, data } };
    },
    ...subscriptionCalls(addresses),
  };
}

/** Whether the app gets the WABA's webhooks, and where. */
function subscriptionCalls(addresses: Addresses): Calls<Waba> {
  return {
    'GET subscribed_apps': (_call, waba) => {
      const url = addresses.overrideOf({ kind: 'waba', id: waba.id })?.url;
      const subscribed = addresses.isSubscribed(waba.id) ? appsOf(waba) : [];
      return {
        json: {
          data: subscribed.map((app) => ({
            whatsapp_business_api_data: app,
            ...(url === undefined ? {} : { override_callback_uri: url }),
          })),
        },
      };
    },
    'POST subscribed_apps': async (call, { id }) => {
      const { override_callback_uri: uri, verify_token: verifyToken } = call.params;
      const given = { uri, verifyToken, member: 'override_callback_uri' };
      const result = await configureCallback(given, { kind: 'waba', id }, addresses);
      if (!('refusal' in result)) addresses.setSubscribed(id, true);
      return result;
    },
    'DELETE subscribed_apps': (_call, { id }) => {
      addresses.setSubscribed(id, false);
      addresses.clearOverride({ kind: 'waba', id });
      return SUCCESS;
    },
  };
}

/** How an app is named, wherever it is. */
export function appOf(secret: string): { id: string; name: string; link: string } {
  const id = appIdOf(secret);
  return { id, name: 'Emulated app', link: `https://www.facebook.com/games/?app_id=${id}` };
}

function appsOf({ numbers }: Waba): object[] {
  return [...new Set(numbers.map(({ appSecret }) => appSecret))].map(appOf);
}

const FIELDS: FieldTable<Waba> = {
  node: 'WhatsAppBusinessAccount',
  usual: ['name', 'timezone_id', 'message_template_namespace'],
  fields: {
    id: ({ id }) => id,
    name: () => 'Emulated account',
    currency: () => 'USD',
    timezone_id: () => '1',
    country: () => 'US',
    message_template_namespace: ({ id }) => namespaceOf(id),
    account_review_status: () => 'APPROVED',
    business_verification_status: () => 'verified',
    ownership_type: () => 'SELF',
    status: () => 'ACTIVE',
    health_status: ({ id }) => ({
      can_send_message: 'AVAILABLE',
      entities: [{ entity_type: 'WABA', id, can_send_message: 'AVAILABLE' }],
    }),
  },
};

/** 8_4_4_4_12 hex digits, the same for the same account. */
function namespaceOf(id: string): string {
  const hex = createHash('sha256').update(`namespace ${id}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '_',
  );
}
