import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { findTeam, readBundle } from '@alur/bundle';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { Io } from '../../io.ts';
import { runAlur } from '../../testing/run-alur.ts';

const team = (phone_number_id: string) => ({
  enabled: true,
  public_base_url: 'https://bot.acme.io',
  phone_number_id,
  access_token: 'EAAtokentoken',
  verify_token: 'verify-us',
  app_secret: 'former-s3cret',
});

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-keys-cli-'));
  const acme = { teams: { shop: team('100000000000001'), help: team('100000000000002') } };
  await writeFile(join(cwd, 'answers.json'), JSON.stringify({ tenants: { acme } }));
  await run('setup --answers answers.json b');
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const run = (line: string, more: Partial<Io> = {}) => runAlur(line.split(' '), cwd, more);
const shop = async () => findTeam(await readBundle(join(cwd, 'b')), 'acme', 'shop');

describe('alur keys', () => {
  test('add prints a key once, which opens what it says; list and revoke know it by its name', async () => {
    const ran = await run('keys add b --team shop --name crm --scopes send,read');
    expect(ran).toMatchObject({ exit: 0, err: '' });
    const [key = ''] = /alur_[\w-]{43}/.exec(ran.out) ?? [];
    const sha256 = createHash('sha256').update(key).digest('hex');
    expect((await shop())?.apiKeys).toEqual([
      { name: 'crm', sha256, scopes: ['send', 'read'], isDemo: false },
    ]);
    expect(await readFile(join(cwd, 'b/secrets/acme/shop.json'), 'utf8')).not.toContain(key);
    const made = JSON.parse((await run('keys add b --name ops --json')).out);
    expect(made.data).toMatchObject({ tenant: 'acme', name: 'ops', key: expect.stringMatching(/^alur_/) });
    const listed = await run('keys list b');
    expect(listed.out).toMatch(
      /acme +\(all\) +ops +send, read, contacts, broadcasts\nacme +shop +crm +send, read\n/,
    );
    expect(listed.out).not.toMatch(/alur_|[0-9a-f]{64}/);
    expect((await run('keys list b --team help')).out).toContain('There is no key');
    expect((await run('keys revoke b --team shop --name crm')).exit).toBe(0);
    expect((await shop())?.apiKeys.map(({ name }) => name)).toEqual(['ops']);
  });

  test.each([
    ['keys add b --name crm --scopes sent', 2, 'there is no "sent"'],
    ['keys add b --name CRM', 3, 'this is no name of a key'],
    ['keys add b --name x --team shp', 4, 'did you mean "shop"?'],
    ['keys add b --name x --tenant nobody', 4, 'there is no tenant "nobody"'],
    ['keys add none --name x', 4, 'there is no such file'],
    ['keys revoke b --name x', 4, 'every team of tenant acme has no such key'],
    ['keys rotate-app-secret b --team shop', 3, 'there is no terminal'],
    ['keys rotate-app-secret b --team shop --secret-from env:NONE', 3, 'NONE is not set'],
    ['keys rotate-app-secret b --team shop --secret-from new-s3cret', 2, 'Cannot use --secret-from'],
  ])('%s exits with %d', async (line, exit, message) => {
    const ran = await run(line);
    expect([ran.exit, ran.out]).toEqual([exit, '']);
    expect(ran.err).toContain(message);
    expect(ran.err).not.toContain('s3cret');
  });

  test.each<[string, Partial<Io>]>([
    ['--secret-from env:NEW', { env: { NEW: 'new-s3cret' } }],
    ['--secret-from -', { stdin: Readable.from(['new-s3cret\n']) }],
    [
      '--json',
      {
        openPrompts: () =>
          Promise.resolve({
            say: () => undefined,
            text: ({ check }) => Promise.resolve(check('new s3cret') === undefined ? 'bad' : 'new-s3cret'),
            confirm: () => Promise.resolve(undefined),
            choose: () => Promise.resolve(undefined),
          }),
      },
    ],
  ])(
    'rotate-app-secret %s puts the new one first, drop-app-secret drops the former, and neither shows one',
    async (how, io) => {
      const ran = await run(`keys rotate-app-secret b --team shop ${how}`, io);
      expect(ran).toMatchObject({ exit: 0, err: '' });
      expect((await shop())?.appSecrets).toEqual(['new-s3cret', 'former-s3cret']);
      expect(ran.out).toContain('acme/help');
      const dropped = await run('keys drop-app-secret b --team shop');
      expect((await shop())?.appSecrets).toEqual(['new-s3cret']);
      expect(ran.out + dropped.out + dropped.err).not.toContain('s3cret');
      expect((await run('keys drop-app-secret b --team shop')).out).toContain('Nothing to change');
    },
  );
});
