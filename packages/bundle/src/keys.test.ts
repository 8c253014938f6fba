import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sha256Of } from './api-keys.ts';
import { findTeam } from './bundle.ts';
import { addApiKey, listApiKeys, revokeApiKey } from './edit-keys.ts';
import { readBundle } from './read-bundle.ts';
import { dropAppSecrets, rotateAppSecret } from './rotate-app-secret.ts';

const BUNDLE = `tenants:
  - id: acme
    locale: pt-BR
    fallback_message: Desculpe
    limits: { api_per_second: 5 }
    teams:
      - { id: shop, enabled: true, public_base_url: 'https://a.io', numbers: [{ phone_number_id: '11' }] }
      - { id: help, enabled: true, public_base_url: 'https://a.io', numbers: [], locale: de_at, fallback_message: Leider nicht }
  - id: globex
    teams:
      - { id: main, enabled: true, public_base_url: 'https://a.io', numbers: [] }
`;
const SECRETS = { verify_token: 'v', app_secret: ['one'], access_tokens: { 11: 'EAA' } };
const KEY = 'k'.repeat(30);

let dir: string;
const put = async (path: string, value: unknown, mode = 0o600) => {
  await mkdir(join(dir, path, '..'), { recursive: true });
  await writeFile(join(dir, path), typeof value === 'string' ? value : JSON.stringify(value));
  await chmod(join(dir, path), mode);
};
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-keys-'));
  await put('bundle.yaml', BUNDLE.replace('de_at', 'de-at'));
  await put('secrets/acme/shop.json', SECRETS);
  await put('secrets/acme/help.json', SECRETS);
  await put('secrets/globex/main.json', { ...SECRETS, app_secret: 'other' });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const keysOf = async (tenant: string, team: string) =>
  findTeam(await readBundle(dir), tenant, team)?.apiKeys.map(({ name, sha256, scopes }) => [
    name,
    sha256,
    scopes.length,
  ]);

describe('readBundle() and keys', () => {
  test('reads plain and named keys of a team and of its tenant', async () => {
    await put('secrets/acme/shop.json', {
      ...SECRETS,
      api_keys: [
        KEY,
        { name: 'crm', key: `${KEY}2` },
        { name: 'erp', sha256: 'AB'.repeat(32), scopes: ['send'] },
      ],
    });
    await put('secrets/acme.json', { api_keys: [`${KEY}3`, { name: 'ops', sha256: 'cd'.repeat(32) }] });
    const ofTenant = [
      ['tenant-key-1', sha256Of(`${KEY}3`), 4],
      ['ops', 'cd'.repeat(32), 4],
    ];
    expect(await keysOf('acme', 'shop')).toEqual([
      ['key-1', sha256Of(KEY), 4],
      ['crm', sha256Of(`${KEY}2`), 4],
      ['erp', 'ab'.repeat(32), 1],
      ...ofTenant,
    ]);
    expect(await keysOf('acme', 'help')).toEqual(ofTenant);
    expect(await keysOf('globex', 'main')).toEqual([]);
  });

  test.each([
    [
      'two keys of one name',
      [
        { name: 'a', key: KEY },
        { name: 'a', key: `${KEY}2` },
      ],
      '`api_keys` must be a list',
    ],
    [
      'both a key and its hash',
      [{ name: 'a', key: KEY, sha256: 'ab'.repeat(32) }],
      '`api_keys` must be a list',
    ],
    ['neither', [{ name: 'a' }], '`api_keys` must be a list'],
    ['a made-up name', [{ name: 'key-7', key: KEY }], '`name` must be lower-case letters'],
    ['an unknown scope', [{ name: 'a', key: KEY, scopes: ['sent'] }], 'did you mean `send`?'],
    ['an unknown key', [{ name: 'a', key: KEY, scope: ['send'] }], 'did you mean `scopes`?'],
  ])('refuses %s', async (_, api_keys, message) => {
    await put('secrets/acme.json', { api_keys });
    await expect(readBundle(dir)).rejects.toThrow(message);
    await expect(readBundle(dir)).rejects.not.toThrow(KEY);
  });

  test('refuses a file that others may read, and a name that both the tenant and a team use', async () => {
    await put('secrets/acme.json', { api_keys: [{ name: 'a', key: KEY }] }, 0o644);
    await put('secrets/acme/shop.json', { ...SECRETS, api_keys: [{ name: 'a', key: `${KEY}2` }] });
    await expect(readBundle(dir)).rejects.toThrow(
      /secrets\/acme\.json: others may read[^]*has a key named "a"/,
    );
  });

  test('reads limits, locale and fallback message of a team, or else of its tenant', async () => {
    const bundle = await readBundle(dir);
    const shop = findTeam(bundle, 'acme', 'shop');
    const help = findTeam(bundle, 'acme', 'help');
    expect(shop).toMatchObject({
      locale: 'pt-BR',
      fallbackMessage: 'Desculpe',
      limits: { apiPerSecond: 5, waiting: 100_000 },
    });
    expect(help).toMatchObject({ locale: 'de-AT', fallbackMessage: 'Leider nicht' });
    expect(shop?.optOut.words.stop).toEqual(expect.arrayContaining(['STOP', 'BERHENTI', 'PARAR']));
    expect(shop?.optOut.words.stop).not.toContain('ABMELDEN');
    expect(help?.optOut.words.stop).toEqual(expect.arrayContaining(['PARAR', 'ABMELDEN']));
    expect(findTeam(bundle, 'globex', 'main')).not.toHaveProperty('locale');
  });

  test('names every fault of limits, locales and messages at once', async () => {
    const faulty = BUNDLE.replace('api_per_second: 5', 'api_per_secnd: 5, waiting: 0').replace(
      'Leider nicht',
      "''",
    );
    await put('bundle.yaml', faulty);
    const error = await readBundle(dir).catch((thrown: Error) => thrown.message);
    expect(error).toContain('did you mean `api_per_second`?');
    expect(error).toContain('`waiting` must be a whole number from 1');
    expect(error).toContain('`locale` must be a language');
    expect(error).toContain('`fallback_message` must be text');
  });
});

describe('addApiKey(), listApiKeys() and revokeApiKey()', () => {
  const given = { name: 'crm', key: KEY, scopes: ['send', 'read'] } as const;

  test('add a key of a team or tenant as its SHA-256, list it and take it out again', async () => {
    expect(await addApiKey(dir, { tenant: 'acme', team: 'shop' }, given)).toMatchObject({ kind: 'added' });
    expect(await addApiKey(dir, { tenant: 'acme' }, { ...given, name: 'ops', key: `${KEY}2` })).toMatchObject(
      { kind: 'added' },
    );
    expect(await keysOf('acme', 'shop')).toEqual([
      ['crm', sha256Of(KEY), 2],
      ['ops', sha256Of(`${KEY}2`), 2],
    ]);
    for (const path of ['secrets/acme.json', 'secrets/acme/shop.json']) {
      expect(await readFile(join(dir, path), 'utf8')).not.toContain(KEY);
      expect((await stat(join(dir, path))).mode & 0o777).toBe(0o600);
    }
    expect((await listApiKeys(dir, {})).map(({ team, name }) => [team, name])).toEqual([
      [undefined, 'ops'],
      ['shop', 'crm'],
    ]);
    expect(await listApiKeys(dir, { tenant: 'globex' })).toEqual([]);
    expect(await revokeApiKey(dir, { tenant: 'acme', team: 'shop' }, 'ops')).toMatchObject({
      kind: 'absent',
      names: ['crm'],
    });
    expect(await revokeApiKey(dir, { tenant: 'acme', team: 'shop' }, 'crm')).toMatchObject({
      kind: 'revoked',
    });
    expect(await keysOf('acme', 'shop')).toEqual([['ops', sha256Of(`${KEY}2`), 2]]);
    expect(JSON.parse(await readFile(join(dir, 'secrets/acme/shop.json'), 'utf8'))).toEqual(SECRETS);
  });

  test('refuse a name that is taken nearby, or none, and more than 20 keys', async () => {
    await addApiKey(dir, { tenant: 'acme', team: 'shop' }, given);
    expect(await addApiKey(dir, { tenant: 'acme' }, given)).toEqual({ kind: 'name_taken' });
    expect(await addApiKey(dir, { tenant: 'acme', team: 'help' }, given)).toMatchObject({ kind: 'added' });
    expect(await addApiKey(dir, { tenant: 'globex' }, { ...given, name: 'key-1' })).toEqual({
      kind: 'name_invalid',
    });
    for (let n = 0; n < 20; n++)
      await addApiKey(dir, { tenant: 'globex' }, { ...given, name: `n${n}`, key: `${KEY}${n}` });
    await expect(addApiKey(dir, { tenant: 'globex' }, given)).rejects.toThrow('as many keys as it may');
  });

  test('refuse a place that is not there, with the one that was meant', async () => {
    await expect(addApiKey(dir, { tenant: 'acm' }, given)).rejects.toThrow('did you mean "acme"?');
    await expect(addApiKey(dir, { tenant: 'acme', team: 'shp' }, given)).rejects.toThrow(
      'did you mean "shop"?',
    );
    await expect(listApiKeys(join(dir, 'none'), {})).rejects.toThrow('there is no such file');
  });
});

describe('rotateAppSecret() and dropAppSecrets()', () => {
  const secretsOf = async () =>
    (await readBundle(dir)).tenants.flatMap(({ teams }) => teams.map(({ appSecrets }) => appSecrets));

  test('put the new one first at all teams of the app, keep the former, and drop it', async () => {
    const at = { tenant: 'acme', team: 'shop' };
    const both = { teams: ['acme/shop', 'acme/help'], secrets: 2 };
    expect(await rotateAppSecret(dir, at, 'two')).toEqual(both);
    expect(await secretsOf()).toEqual([['two', 'one'], ['two', 'one'], ['other']]);
    expect(await rotateAppSecret(dir, at, 'two')).toEqual({ teams: [], secrets: 2 });
    expect(await dropAppSecrets(dir, at)).toEqual({ ...both, secrets: 1 });
    expect(await secretsOf()).toEqual([['two'], ['two'], ['other']]);
    expect((await stat(join(dir, 'secrets/acme/shop.json'))).mode & 0o777).toBe(0o600);
  });

  test('refuse what is no secret and change nothing', async () => {
    await expect(rotateAppSecret(dir, { tenant: 'acme', team: 'shop' }, 'a s3cret')).rejects.toThrow(
      'without spaces',
    );
    await expect(rotateAppSecret(dir, { tenant: 'acme', team: 'shop' }, '')).rejects.not.toThrow('s3cret');
    expect(await secretsOf()).toEqual([['one'], ['one'], ['other']]);
  });
});
