import { type FieldTable } from '../graph/select-fields.ts';
import { type NumberSettings } from '../options.ts';
import { type Addresses, appAddress } from './callback-calls.ts';
import { type Registrations } from './registration.ts';

export interface NumberFieldDeps {
  registrations: Registrations;
  addresses: Addresses;
}

/** What `GET /{phone_number_id}` can tell. */
export function numberFields(deps: NumberFieldDeps): FieldTable<NumberSettings> {
  const { registrations } = deps;
  return {
    node: 'WhatsAppBusinessPhoneNumber',
    usual: [
      'verified_name',
      'code_verification_status',
      'display_phone_number',
      'quality_rating',
      'platform_type',
      'throughput',
      'webhook_configuration',
      'whatsapp_business_manager_messaging_limit',
    ],
    fields: {
      id: ({ id }) => id,
      display_phone_number: ({ displayNumber }) => displayNumber,
      verified_name: () => 'Emulated number',
      name_status: () => 'APPROVED',
      new_name_status: () => 'NONE',
      quality_rating: ({ quality }) => quality,
      quality_score: ({ quality }) => ({ score: quality }),
      code_verification_status: () => 'VERIFIED',
      platform_type: ({ id }) => (registrations.isRegistered(id) ? 'CLOUD_API' : 'NOT_APPLICABLE'),
      status: ({ id }) => (registrations.isRegistered(id) ? 'CONNECTED' : 'DISCONNECTED'),
      account_mode: ({ allowedRecipients }) => (allowedRecipients ? 'SANDBOX' : 'LIVE'),
      is_official_business_account: () => false,
      is_pin_enabled: ({ id }) => registrations.hasPin(id),
      last_onboarded_time: () => undefined,
      throughput: ({ throughput }) => ({ level: throughput >= HIGH_THROUGHPUT ? 'HIGH' : 'STANDARD' }),
      messaging_limit_tier: ({ tierLimit }) => tierName(tierLimit),
      whatsapp_business_manager_messaging_limit: ({ tierLimit }) => tierName(tierLimit),
      health_status: (number) => healthOf(number, registrations.isRegistered(number.id)),
      webhook_configuration: (number) => configurationOf(number, deps.addresses),
    },
  };
}

// Meta raises a number from 80 messages a second to this.
const HIGH_THROUGHPUT = 1_000;

const TIERS: [limit: number, name: string][] = [
  [100_000, 'TIER_100K'],
  [10_000, 'TIER_10K'],
  [2_000, 'TIER_2K'],
  [1_000, 'TIER_1K'],
];

/** The highest of Meta's steps that the limit reaches, so that who keeps to the name keeps to the limit. */
function tierName(limit: number | undefined): string {
  if (limit === undefined) return 'TIER_UNLIMITED';
  return TIERS.find(([step]) => limit >= step)?.[1] ?? 'TIER_250';
}

function healthOf({ id, wabaId }: NumberSettings, isRegistered: boolean): object {
  const can = isRegistered ? 'AVAILABLE' : 'BLOCKED';
  const error = {
    error_code: 141000,
    error_description: 'The phone number is not registered.',
    possible_solution: 'Register it with POST /{phone_number_id}/register.',
  };
  return {
    can_send_message: can,
    entities: [
      {
        entity_type: 'PHONE_NUMBER',
        id,
        can_send_message: can,
        ...(isRegistered ? {} : { errors: [error] }),
      },
      { entity_type: 'WABA', id: wabaId, can_send_message: 'AVAILABLE' },
    ],
  };
}

function configurationOf(number: NumberSettings, addresses: Addresses): object {
  const own = addresses.overrideOf({ kind: 'number', id: number.id })?.url;
  const waba = addresses.overrideOf({ kind: 'waba', id: number.wabaId })?.url;
  const app = appAddress(number, addresses);
  return {
    ...(own === undefined ? {} : { phone_number: own }),
    ...(waba === undefined ? {} : { whatsapp_business_account: waba }),
    ...(app === undefined ? {} : { application: app }),
  };
}
