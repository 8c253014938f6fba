import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { demoProblems, makeDemoBundle, type DemoOptions } from './demo-bundle.ts';
import { readBundle } from './read-bundle.ts';
import { setupBundle } from './setup-bundle.ts';

const META = 'https://graph.facebook.com';
const EMULATOR = 'http://127.0.0.1:7704';
const ANSWERS = JSON.stringify({
  enabled: true,
  public_base_url: 'https://bot.example.com',
  phone_number_id: '11',
  access_token: 'EAAreal',
  verify_token: 'real',
});

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-demo-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const make = (more: Partial<DemoOptions> = {}) =>
  makeDemoBundle({
    dir,
    publicBaseUrl: 'http://127.0.0.1:8080',
    graphBaseUrl: EMULATOR,
    flows: [{ path: 'flows/menu.ygtc', text: 'name: menu\n' }],
    random: (bytes) => randomBytes(bytes).toString('hex'),
    ...more,
  });
const setup = () => setupBundle({ answers: { text: ANSWERS, path: 'answers.json' }, dir });

describe('makeDemoBundle()', () => {
  test('makes a bundle with secrets that are marked and different each time', async () => {
    expect(await make()).toMatchObject({
      kind: 'made',
      created: expect.arrayContaining(['flows/menu.ygtc']),
    });
    const bundle = await readBundle(dir);
    const team = bundle.tenants[0]?.teams[0];
    const secrets = [team?.verifyToken, team?.appSecrets[0], team?.numbers[0]?.accessToken];
    for (const secret of secrets) expect(secret).toMatch(/^demo-[0-9a-f]{64,}$/);
    expect(new Set(secrets).size).toBe(3);
    expect(bundle).toMatchObject({ demo: true, graphBaseUrl: EMULATOR });
    expect(team?.numbers[0]).toMatchObject({ apiVersion: 'v25.0', throughput: 80, tier: '1' });
    expect((await stat(join(dir, 'secrets/default/default.json'))).mode & 0o777).toBe(0o600);
  });

  test('keeps secrets and flows of a demo that is there, adds missing flows, and takes new addresses', async () => {
    await make();
    const before = await readFile(join(dir, 'secrets/default/default.json'), 'utf8');
    await writeFile(join(dir, 'flows/menu.ygtc'), 'name: mine\n');
    const flows = [
      { path: 'flows/menu.ygtc', text: 'name: menu\n' },
      { path: 'flows/new.ygtc', text: 'name: new\n' },
    ];
    const result = await make({ flows, graphBaseUrl: 'http://127.0.0.1:9999' });
    expect(result).toMatchObject({ kind: 'made', created: ['flows/new.ygtc'], changed: ['bundle.yaml'] });
    expect(await readFile(join(dir, 'secrets/default/default.json'), 'utf8')).toBe(before);
    expect(await readFile(join(dir, 'flows/menu.ygtc'), 'utf8')).toBe('name: mine\n');
    expect((await readBundle(dir)).graphBaseUrl).toBe('http://127.0.0.1:9999');
  });

  test.each([
    ['a real bundle', false],
    ['real secrets without a bundle.yaml', true],
  ])('leaves %s alone', async (_, isWithoutFile) => {
    await setup();
    if (isWithoutFile) await rm(join(dir, 'bundle.yaml'));
    const before = await readFile(join(dir, 'secrets/default/default.json'), 'utf8');
    expect(await make()).toEqual({ kind: 'real_bundle_present' });
    expect(await readFile(join(dir, 'secrets/default/default.json'), 'utf8')).toBe(before);
  });

  test('refuses an address that is none, and writes nothing', async () => {
    await expect(make({ graphBaseUrl: 'emulator' })).rejects.toMatchObject({ code: 'invalid_bundle' });
    await expect(stat(join(dir, 'secrets'))).rejects.toThrow('ENOENT');
  });

  test('gives way to setup: nothing made up is left, and the flows stay', async () => {
    await make();
    const result = await setup();
    expect(result.warnings).toContainEqual(expect.stringContaining('demo bundle in this folder is replaced'));
    expect(await readFile(join(dir, 'secrets/default/default.json'), 'utf8')).not.toContain('demo-');
    expect(await readFile(join(dir, 'flows/menu.ygtc'), 'utf8')).toBe('name: menu\n');
    expect(demoProblems(await readBundle(dir), META)).toBeUndefined();
  });
});

describe('demoProblems()', () => {
  test.each([
    [META, true],
    ['https://graph.facebook.com./', true],
    ['https://graph.beta.FACEBOOK.com:443/v25.0', true],
    ['https://facebook.com', true],
    [EMULATOR, false],
    ['https://notfacebook.com', false],
    ['https://graph.facebook.com.example.com', false],
  ])('for a demo at %s: refused is %s', async (address, isRefused) => {
    await make();
    expect(demoProblems(await readBundle(dir), address) !== undefined).toBe(isRefused);
  });

  test('refuses a secret of the demo in a bundle that is not marked, without quoting it', async () => {
    await make();
    const file = join(dir, 'bundle.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('demo: true\n', ''));
    const problem = demoProblems(await readBundle(dir), META);
    expect(problem).toContain('team "default/default" has a secret of the demo');
    expect(problem).not.toMatch(/demo-[0-9a-f]{32}/);
  });
});
