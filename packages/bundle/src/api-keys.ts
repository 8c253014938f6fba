import { createHash } from 'node:crypto';
import { ApiScope, Slug } from '@alur/types';
import { z } from 'zod';
import type { ApiKey } from './bundle.ts';

/** What begins every secret that is made up for the demo. */
export const DEMO_PREFIX = 'demo-';
// Shorter than this could be guessed through the API.
const API_KEY_MIN = 24;
const API_KEYS_MAX = 20;

/** Goes into a header: printable ASCII without a space. */
export const Token = z.string().regex(/^[\x21-\x7e]{1,4096}$/);
/** What a key without a name is called: nobody else may have such a name. */
const MADE_UP_NAME = /^(?:tenant-)?key-[0-9]+$/;
export const ApiKeyName = Slug.refine((name) => !MADE_UP_NAME.test(name));

/** A key of the HTTP API with a name: the key as it is, or what its SHA-256 is in hex. */
export const ApiKeyEntry = z
  .strictObject({
    name: ApiKeyName,
    key: Token.min(API_KEY_MIN).optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .transform((hex) => hex.toLowerCase())
      .optional(),
    scopes: z.array(ApiScope).min(1).optional(),
  })
  .refine(({ key, sha256 }) => (key === undefined) !== (sha256 === undefined));

/** What opens the HTTP API: plain keys open everything and have no name. */
export const ApiKeys = z
  .array(z.union([Token.min(API_KEY_MIN), ApiKeyEntry]))
  .max(API_KEYS_MAX)
  .refine((keys) => {
    const names = namesOf(keys);
    return new Set(names).size === names.length;
  });
export type ApiKeys = z.infer<typeof ApiKeys>;

/** The names that keys were given. */
export function namesOf(keys: ApiKeys): string[] {
  return keys.flatMap((key) => (typeof key === 'string' ? [] : [key.name]));
}

/** Whether a key is made up for the demo. */
export function isDemoKey(entry: ApiKeys[number]): boolean {
  const key = typeof entry === 'string' ? entry : entry.key;
  return key?.startsWith(DEMO_PREFIX) === true;
}

/** Keys as the API knows them; those without a name are called by their place in the file. */
export function toApiKeys(keys: ApiKeys, madeUpName: 'key' | 'tenant-key'): ApiKey[] {
  return keys.map((entry, index) => {
    const isDemo = isDemoKey(entry);
    if (typeof entry === 'string') {
      return {
        name: `${madeUpName}-${index + 1}`,
        sha256: sha256Of(entry),
        scopes: ApiScope.options,
        isDemo,
      };
    }
    const { name, key, sha256 = sha256Of(key ?? ''), scopes = ApiScope.options } = entry;
    return { name, sha256, scopes, isDemo };
  });
}

/** In hex. */
export function sha256Of(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
