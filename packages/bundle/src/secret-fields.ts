import { ApiScope } from '@alur/types';

export interface Field {
  /** Completes "`key` must be …". */
  must: string;
  /** Where the right value comes from. */
  fix: string;
  /** Of a map whose keys are not names of ours: completes "the keys of `key` must be …". */
  keys?: string;
  /** Whether what is under it is called by this name too, since its own keys may look like any of ours. */
  isWhole?: true;
}

const API_KEYS: Field = {
  must: 'a list of at most 20 keys: each a text of 24 to 4096 characters without spaces, or a map with a name of its own and either key or sha256',
  fix: 'make one with `alur keys add`; without any the HTTP API refuses every call',
};

/** What each key of a secrets file has to hold; those of the answers, too. */
export const SECRET_FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  [
    'access_token',
    {
      must: 'a token without spaces',
      fix: 'create a permanent token of a system user in Meta Business Settings',
    },
  ],
  [
    'access_tokens',
    { must: 'a map from phone_number_id to its token', fix: 'run `alur setup` to write it', keys: 'digits' },
  ],
  [
    'verify_token',
    {
      must: 'text of 1 to 256 characters without a space at either end',
      fix: 'choose any text, a number in quotes; the same goes into the webhook form of Meta',
    },
  ],
  ['api_keys', API_KEYS],
  [
    'name',
    {
      must: 'lower-case letters, digits and dashes, 63 at most, and not key-1 or the like',
      fix: 'it is what logs call the key, such as crm',
    },
  ],
  [
    'key',
    {
      must: 'a text of 24 to 4096 characters without spaces',
      fix: 'make one with `openssl rand -hex 32`, or leave it out and give its `sha256`',
    },
  ],
  [
    'sha256',
    {
      must: '64 hexadecimal digits',
      fix: 'it is the SHA-256 of the key; `alur keys add` makes and writes it',
    },
  ],
  [
    'scopes',
    {
      must: `a list with any of ${ApiScope.options.join(', ')}`,
      fix: 'leave it out to open everything',
    },
  ],
  [
    'flow_secrets',
    {
      must: 'a map with at most 200 texts of 1 to 4096 characters, on one line each',
      fix: 'a flow writes {{secrets.NAME}} in an http node; put a number in quotes',
      keys: 'letters, digits and underscores that do not begin with a digit, 64 at most',
      isWhole: true,
    },
  ],
  [
    'subscriber_secrets',
    {
      must: 'a map from subscribers to texts of 16 to 4096 characters without spaces, or whsec_ and the base64 of a key; or to lists of 1 to 5 of them',
      fix: 'make one with `openssl rand -hex 32`, and give it to the subscriber',
      keys: 'ids of subscribers: lower-case letters, digits and dashes',
      isWhole: true,
    },
  ],
  [
    'app_secret',
    {
      must: 'a secret without spaces, or a list of such',
      fix: 'it is under App settings, Basic, of the Meta app; leave the key out if unknown',
    },
  ],
]);
