import { type NumberSettings } from '../options.ts';
import { type Callback, type Verification, verifyCallback } from './verify-callback.ts';
import { type WebhookPoster } from './post-webhook.ts';

/** What an address is set for. `app`: all numbers of the app, which is who signs with this secret. */
export type AddressScope =
  { kind: 'number'; id: string } | { kind: 'waba'; id: string } | { kind: 'app'; appSecret: string };

/** Another app that is subscribed to a WABA and gets a copy of every webhook of it, signed with its own secret. */
interface OtherApp {
  wabaId: string;
  url: string;
  appSecret: string;
}

/** An address, and whose secret signs what goes there. */
export interface Destination {
  url: string;
  appSecret: string;
}

/** Where webhooks go: the alternate address of the number, else of its WABA, else that of the app. */
export interface WebhookAddresses {
  /** Where a webhook of this field goes; undefined while the app has no address, or is not subscribed to the WABA. */
  callbackFor(number: NumberSettings, field: string): { url: string } | undefined;
  /** The same, with the secret that signs. */
  destinationFor(number: NumberSettings, field: string): Destination | undefined;
  /** All other apps that are subscribed to the number's WABA. */
  otherApps(number: NumberSettings): readonly Destination[];
  /** Verifies the address as Meta does, and uses it if that went well. */
  setOverride(scope: AddressScope, callback: Callback): Promise<Verification>;
  /** Verifies an address and changes nothing. */
  verify(callback: Callback): Promise<Verification>;
  /** What was set for this scope itself. */
  overrideOf(scope: AddressScope): Callback | undefined;
  clearOverride(scope: AddressScope): void;
  /** Whether the app gets the webhooks of a WABA. It does until it is said otherwise. */
  setSubscribed(wabaId: string, isSubscribed: boolean): void;
  isSubscribed(wabaId: string): boolean;
  /** Which fields of webhooks an app gets; all of them until it is said otherwise. */
  setFields(appSecret: string, fields: readonly string[]): void;
  fieldsOf(appSecret: string): readonly string[] | undefined;
  addApp(app: OtherApp): void;
}

export interface AddressDeps {
  /** The app's own address for a number, as it was at the start; undefined when it has none. */
  appUrlFor: (number: NumberSettings) => string | undefined;
  poster: WebhookPoster;
  /** A challenge that no receiver can guess. */
  challenge: () => string;
}

// Source: Meta, "Webhooks", overrides: messages webhooks. The rest always goes to the app's address.
const OVERRIDABLE = new Set(['messages']);

export function createWebhookAddresses({ appUrlFor, poster, challenge }: AddressDeps): WebhookAddresses {
  const overrides = new Map<string, Callback>();
  const unsubscribed = new Set<string>();
  const fieldsByApp = new Map<string, readonly string[]>();
  const others: OtherApp[] = [];
  const urlFor = (number: NumberSettings, field: string): string | undefined => {
    const scopes = OVERRIDABLE.has(field) ? scopesOf(number) : scopesOf(number).slice(-1);
    const found = scopes.map((scope) => overrides.get(keyOf(scope))).find((callback) => callback);
    return found?.url ?? appUrlFor(number);
  };
  const callbackFor = (number: NumberSettings, field: string) => {
    const url = unsubscribed.has(number.wabaId) ? undefined : urlFor(number, field);
    return url === undefined ? undefined : { url };
  };
  return {
    callbackFor,
    destinationFor(number, field) {
      const isWanted = fieldsByApp.get(number.appSecret)?.includes(field) ?? true;
      const own = isWanted ? callbackFor(number, field) : undefined;
      return own && { ...own, appSecret: number.appSecret };
    },
    otherApps: ({ wabaId }) => others.filter((app) => app.wabaId === wabaId),
    async setOverride(scope, callback) {
      const verified = await verifyCallback(callback, challenge(), poster);
      if (verified.ok) overrides.set(keyOf(scope), callback);
      return verified;
    },
    verify: (callback) => verifyCallback(callback, challenge(), poster),
    overrideOf: (scope) => overrides.get(keyOf(scope)),
    clearOverride: (scope) => void overrides.delete(keyOf(scope)),
    setSubscribed: (wabaId, isSubscribed) => void unsubscribed[isSubscribed ? 'delete' : 'add'](wabaId),
    isSubscribed: (wabaId) => !unsubscribed.has(wabaId),
    setFields: (appSecret, fields) => void fieldsByApp.set(appSecret, fields),
    fieldsOf: (appSecret) => fieldsByApp.get(appSecret),
    addApp(app) {
      // An app is subscribed once, however often it is said.
      if (!others.some((other) => isSame(app, other))) others.push(app);
    },
  };
}

function isSame(one: OtherApp, other: OtherApp): boolean {
  return one.wabaId === other.wabaId && one.url === other.url && one.appSecret === other.appSecret;
}

function scopesOf({ id, wabaId, appSecret }: NumberSettings): AddressScope[] {
  return [
    { kind: 'number', id },
    { kind: 'waba', id: wabaId },
    { kind: 'app', appSecret },
  ];
}

function keyOf(scope: AddressScope): string {
  return scope.kind === 'app' ? `app ${scope.appSecret}` : `${scope.kind} ${scope.id}`;
}
