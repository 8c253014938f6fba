import { isRecord, written } from '../checks/check.ts';
import { type GraphCall, type GraphResult, SUCCESS } from '../graph/graph-call.ts';
import { type Refusal, badParameter, missingParameter } from '../graph/refusal.ts';
import { type NumberSettings } from '../options.ts';
import { type AddressScope, type WebhookAddresses } from '../webhooks/webhook-addresses.ts';

/** What these calls need of where webhooks go. */
export type Addresses = Pick<
  WebhookAddresses,
  | 'callbackFor'
  | 'setOverride'
  | 'overrideOf'
  | 'clearOverride'
  | 'setSubscribed'
  | 'isSubscribed'
  | 'setFields'
  | 'fieldsOf'
>;

const URI_MAX = 200;

/** Sets the alternate address of a number or WABA, after it was verified; none or an empty one takes it back. */
export async function configureCallback(
  given: { uri: unknown; verifyToken: unknown; member: string },
  scope: AddressScope,
  addresses: Addresses,
): Promise<GraphResult> {
  const { uri, verifyToken, member } = given;
  if (uri === undefined || uri === '') {
    addresses.clearOverride(scope);
    return SUCCESS;
  }
  const refusal = checkUri(uri, member) ?? checkVerifyToken(verifyToken);
  if (refusal) return { refusal };
  const verified = await addresses.setOverride(scope, {
    url: written(uri),
    verifyToken: written(verifyToken),
  });
  if (verified.ok) return SUCCESS;
  return { refusal: { http: 400, code: 2200, message: verified.message } };
}

function checkUri(uri: unknown, member: string): Refusal | undefined {
  if (typeof uri !== 'string' || !/^https?:\/\//i.test(uri) || !URL.canParse(uri)) {
    return badParameter(`Param ${member} must be a valid URI.`);
  }
  return uri.length <= URI_MAX
    ? undefined
    : badParameter(`Param ${member} must be at most ${URI_MAX} characters long.`);
}

function checkVerifyToken(verifyToken: unknown): Refusal | undefined {
  return typeof verifyToken === 'string' && verifyToken !== '' ? undefined : missingParameter('verify_token');
}

/** `POST /{phone_number_id}`: another webhook address, another PIN. */
export async function changeSettings(
  call: GraphCall,
  number: NumberSettings,
  deps: { addresses: Addresses; setPin: (number: NumberSettings, pin: string) => void },
): Promise<GraphResult> {
  const { pin, webhook_configuration: configuration } = call.params;
  if (pin !== undefined) {
    if (typeof pin !== 'string' || !/^\d{6}$/.test(pin)) return { refusal: BAD_PIN };
    deps.setPin(number, pin);
  }
  if (configuration === undefined) return pin === undefined ? { refusal: NOTHING } : SUCCESS;
  if (!isRecord(configuration)) {
    return { refusal: badParameter('Param webhook_configuration must be a JSON object.') };
  }
  const { override_callback_uri: uri, verify_token: verifyToken } = configuration;
  const member = "webhook_configuration['override_callback_uri']";
  return configureCallback({ uri, verifyToken, member }, { kind: 'number', id: number.id }, deps.addresses);
}

export const BAD_PIN: Refusal = badParameter('Param pin must be 6 digits.');
const NOTHING: Refusal = missingParameter('webhook_configuration');

/** The app's own address: that of a field that no override touches. */
export function appAddress(number: NumberSettings, addresses: Addresses): string | undefined {
  return addresses.callbackFor(number, 'account_update')?.url;
}
