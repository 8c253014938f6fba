import { type Check, all, items, may, oneOf, text, webAddress, written } from '../checks/check.ts';
import { type Calls, SUCCESS } from '../graph/graph-call.ts';
import { checkProduct } from '../graph/check-product.ts';
import { badParameter, missingParameter } from '../graph/refusal.ts';
import { selectFields } from '../graph/select-fields.ts';
import { type NumberSettings } from '../options.ts';

const VERTICALS = [
  'other',
  'auto',
  'beauty',
  'apparel',
  'edu',
  'entertain',
  'event_plan',
  'finance',
  'grocery',
  'govt',
  'hotel',
  'health',
  'nonprofit',
  'prof_services',
  'retail',
  'travel',
  'restaurant',
  'alcohol',
  'online_gambling',
  'physical_gambling',
  'otc_drugs',
  'matrimony_service',
];

const email: Check = (value, path) =>
  value === '' || (typeof value === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
    ? undefined
    : badParameter(`Param ${path} must be a valid email address.`);

const siteCount = (count: number) =>
  count <= 2 ? undefined : badParameter('Param websites must have at most 2 elements.');

// Source: Meta, "Business profiles".
const MEMBERS: Record<string, Check> = {
  about: (value, path) => (value === '' ? missingParameter(path) : text(139)(value, path)),
  address: text(256),
  description: text(512),
  email: all(text(128), email),
  websites: items(all(text(256), webAddress), siteCount),
  vertical: oneOf(...VERTICALS),
  profile_picture_handle: text(4_096),
};

type Profile = Record<string, unknown>;

/** What a number tells about its business, as it was last set. */
export function profileCalls(): Calls<NumberSettings> {
  const profiles = new Map<string, Profile>();
  return {
    'GET whatsapp_business_profile': (call, { id }) => {
      const found = selectFields(
        FIELDS,
        { about: ABOUT, vertical: 'UNDEFINED', ...profiles.get(id) },
        call.params['fields'],
      );
      return 'refusal' in found ? found : { json: { data: [found.json] } };
    },
    'POST whatsapp_business_profile': (call, { id }) => {
      const wrongProduct = checkProduct(call.params['messaging_product']);
      if (wrongProduct) return { refusal: wrongProduct };
      const changed: Profile = {};
      for (const [member, check] of Object.entries(MEMBERS)) {
        const refusal = may(check)(call.params[member], member);
        if (refusal) return { refusal };
        const value = call.params[member];
        if (value !== undefined)
          changed[member] = member === 'vertical' ? written(value).toUpperCase() : value;
      }
      profiles.set(id, { ...profiles.get(id), ...changed });
      return SUCCESS;
    },
  };
}

const ABOUT = 'Hey there! I am using WhatsApp.';

const SHOWN = ['about', 'address', 'description', 'email', 'websites', 'vertical'];

const FIELDS = {
  node: 'WhatsAppBusinessProfile',
  usual: SHOWN,
  fields: {
    id: () => undefined,
    messaging_product: () => 'whatsapp',
    profile_picture_url: () => undefined,
    ...Object.fromEntries(SHOWN.map((member) => [member, (profile: Profile) => profile[member]])),
  },
};
