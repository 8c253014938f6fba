import { join } from 'node:path';
import { readAs, type ApiScope } from '@alur/types';
import { ApiKeyName, ApiKeys, namesOf, sha256Of, toApiKeys } from './api-keys.ts';
import type { BundleFile } from './bundle-file.ts';
import { bundleFileOf, findPlace, type BundlePlace } from './bundle-places.ts';
import { renderSecrets } from './existing-bundle.ts';
import { ignoreSecrets } from './ignore-secrets.ts';
import { BundleError } from './problem.ts';
import {
  readSecrets,
  readTenantSecrets,
  secretsPath,
  tenantSecretsPath,
  type ReadSecrets,
  type SecretsFile,
} from './secrets-file.ts';
import { SECRET, writeFiles } from './write-files.ts';

/** A key of the HTTP API, without what opens it. */
export interface ListedKey {
  tenant: string;
  /** undefined: it opens every team of the tenant. */
  team: string | undefined;
  name: string;
  scopes: readonly ApiScope[];
}

/** Keys of the whole bundle, or of a tenant or team of it. Throws `BundleError`. */
export async function listApiKeys(
  dir: string,
  only: { tenant?: string | undefined; team?: string | undefined },
): Promise<ListedKey[]> {
  if (only.tenant === undefined && only.team === undefined) return allKeys(dir, await bundleFileOf(dir));
  const { place, file } = await findPlace(dir, only);
  return (await allKeys(dir, file)).filter(
    ({ tenant, team }) => tenant === place.tenant && (place.team === undefined || team === place.team),
  );
}

async function allKeys(dir: string, file: BundleFile): Promise<ListedKey[]> {
  const listed: ListedKey[] = [];
  for (const { id: tenant, teams } of file.tenants) {
    for (const team of [undefined, ...teams.map(({ id }) => id)]) {
      const { keys } = await keysAt(dir, { tenant, team });
      const made = toApiKeys(keys, team === undefined ? 'tenant-key' : 'key');
      listed.push(...made.map(({ name, scopes }) => ({ tenant, team, name, scopes })));
    }
  }
  return listed;
}

/**
 * Adds a key of the HTTP API to a team, or without one to every team of the tenant; only its SHA-256 is written. `name_taken`: the place
 * knows another key by that name. Throws `BundleError` when what is there is wrong or it has 20 keys.
 */
export async function addApiKey(
  dir: string,
  at: { tenant?: string | undefined; team?: string | undefined },
  { name, key, scopes }: { name: string; key: string; scopes: readonly ApiScope[] },
): Promise<{ kind: 'added'; place: BundlePlace } | { kind: 'name_taken' | 'name_invalid' }> {
  if (!readAs(ApiKeyName, name).success) return { kind: 'name_invalid' };
  const { place, file } = await findPlace(dir, at);
  const known = await allKeys(dir, file);
  // A team's key may not be called as one of the whole tenant is, since logs know it by its name.
  const isNear = (other: ListedKey) =>
    other.tenant === place.tenant &&
    (place.team === undefined || other.team === undefined || other.team === place.team);
  if (known.some((other) => isNear(other) && other.name === name)) return { kind: 'name_taken' };
  const { keys, write } = await keysAt(dir, place);
  await write([...keys, { name, sha256: sha256Of(key), scopes: [...scopes] }]);
  return { kind: 'added', place };
}

/** Takes a key out by its name. `absent`: there is none. Throws `BundleError` as `addApiKey` does. */
export async function revokeApiKey(
  dir: string,
  at: { tenant?: string | undefined; team?: string | undefined },
  name: string,
): Promise<
  { kind: 'revoked'; place: BundlePlace } | { kind: 'absent'; place: BundlePlace; names: string[] }
> {
  const { place } = await findPlace(dir, at);
  const { keys, write } = await keysAt(dir, place);
  const names = toApiKeys(keys, place.team === undefined ? 'tenant-key' : 'key').map((key) => key.name);
  const index = names.indexOf(name);
  if (index < 0) return { kind: 'absent', place, names };
  await write(keys.filter((_, other) => other !== index));
  return { kind: 'revoked', place };
}

interface KeysThere {
  keys: ApiKeys;
  write: (keys: ApiKeys) => Promise<void>;
}

async function keysAt(dir: string, { tenant, team }: BundlePlace): Promise<KeysThere> {
  if (team === undefined) {
    const path = tenantSecretsPath(tenant);
    const { api_keys } = given(dir, await readTenantSecrets(dir, tenant)) ?? { api_keys: [] };
    return {
      keys: api_keys,
      write: (keys) => put(dir, path, keys, `${JSON.stringify({ api_keys: keys }, null, 2)}\n`),
    };
  }
  const path = secretsPath(tenant, team);
  const secrets: SecretsFile | undefined = given(dir, await readSecrets(dir, tenant, team));
  return {
    keys: secrets?.api_keys ?? [],
    write: async (keys) => {
      if (secrets) return put(dir, path, keys, renderSecrets({ ...secrets, api_keys: keys }));
      const fix = `run \`alur setup --tenant ${tenant} --team ${team}\` with its answers`;
      throw refused(dir, { file: join(dir, path), message: 'the secrets of this team are missing', fix });
    },
  };
}

function given<T>(dir: string, read: ReadSecrets<T>): T | undefined {
  if (read.kind === 'missing') return undefined;
  if (read.kind === 'secrets') return read.secrets;
  throw refused(dir, ...read.problems);
}

async function put(dir: string, path: string, keys: ApiKeys, text: string): Promise<void> {
  if (!readAs(ApiKeys, keys).success || new Set(namesOf(keys)).size < namesOf(keys).length) {
    const fix = 'revoke one first: `alur keys list` shows them';
    throw refused(dir, { file: join(dir, path), message: '`api_keys` has as many keys as it may', fix });
  }
  await writeFiles(dir, [{ path, text, ...SECRET }, await ignoreSecrets(dir)], false);
}

function refused(dir: string, ...problems: BundleError['problems']): BundleError {
  return new BundleError('invalid_bundle', `Cannot change bundle "${dir}"`, problems);
}
