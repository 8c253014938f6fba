import { z } from 'zod';
import { readAs } from '@alur/types';
import { written } from '../checks/check.ts';
import { type Calls, DEFAULT_VERSION, SUCCESS } from '../graph/graph-call.ts';
import { badParameter } from '../graph/refusal.ts';
import { type NumberSettings } from '../options.ts';
import { type Addresses, appAddress, configureCallback } from './callback-calls.ts';

/** An app, as far as its own token sees it. */
export interface App {
  id: string;
  numbers: readonly NumberSettings[];
}

const OBJECT = 'whatsapp_business_account';

// What the dashboard offers for WhatsApp, as far as the emulator sends it.
const FIELDS = [
  'account_alerts',
  'account_review_update',
  'account_update',
  'business_capability_update',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'messages',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'template_category_update',
  'user_preferences',
];
const Names = z.array(z.string().min(1)).min(1);

/** `/{app_id}/subscriptions`, for the app's own token: which fields of webhooks it gets, and where. */
export function appCalls(addresses: Addresses): Calls<App> {
  return {
    'GET subscriptions': (_call, { numbers }) => {
      const [number] = numbers;
      const url = number && appAddress(number, addresses);
      const names = (number && addresses.fieldsOf(number.appSecret)) ?? FIELDS;
      const fields = names.map((name) => ({ name, version: DEFAULT_VERSION }));
      const known = { object: OBJECT, ...(url === undefined ? {} : { callback_url: url }) };
      return { json: { data: [{ ...known, active: true, fields }] } };
    },
    'POST subscriptions': async ({ params }, { numbers }) => {
      const given = params['fields'];
      const names = readAs(Names, typeof given === 'string' ? given.split(',') : given);
      const [number] = numbers;
      if (params['object'] !== OBJECT || !number)
        return { refusal: badParameter(`Param object must be one of {${OBJECT}}.`) };
      if (!names.success) return { refusal: badParameter('Param fields must be a list of fields.') };
      const { appSecret } = number;
      const uri = written(params['callback_url']);
      const callback = { uri, verifyToken: params['verify_token'], member: 'callback_url' };
      const result = await configureCallback(callback, { kind: 'app', appSecret }, addresses);
      if (!('refusal' in result)) addresses.setFields(appSecret, names.data);
      return 'refusal' in result ? result : SUCCESS;
    },
  };
}
