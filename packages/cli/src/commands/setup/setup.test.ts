import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readBundle } from '@alur/bundle';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Io } from '../../io.ts';
import type { Prompts, TextQuestion } from '../../prompts.ts';
import { runAlur } from '../../testing/run-alur.ts';

const CANARIES = [
  'EAAcanary0001',
  'verify-canary-02',
  'app-canary-03',
  'flow-canary-04',
  'api-canary-05-of-24-characters',
];
const [TOKEN, VERIFY, APP, FLOW, API] = CANARIES;
const GIVEN = {
  enabled: true,
  public_base_url: 'https://bot.acme.io',
  phone_number_id: '100000000000001',
  access_token: TOKEN,
  verify_token: VERIFY,
  app_secret: APP,
  flow_secrets: { CRM: FLOW },
  api_keys: [{ name: 'crm', key: API }],
  api_version: 'v25.0',
  tier: '250',
};

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-setup-cli-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const run = (line: string, more: Partial<Io> = {}) => runAlur(line.split(' '), cwd, more);
const put = (path: string, value: unknown) =>
  writeFile(join(cwd, path), typeof value === 'string' ? value : JSON.stringify(value));
const isThere = (path: string) =>
  stat(join(cwd, path)).then(
    () => true,
    () => false,
  );
const leaked = (text: string, allowed: readonly string[] = []) =>
  CANARIES.filter((canary) => !allowed.includes(canary) && text.includes(canary));

/** A person at the terminal: what is typed, in order; undefined is Ctrl-C. A refused answer is followed by the next one. */
function person(typed: (string | boolean | undefined)[]) {
  const asked: string[] = [];
  const refused: string[] = [];
  const next = (message: string) => {
    asked.push(message);
    return typed.shift();
  };
  const prompts: Prompts = {
    say: () => undefined,
    confirm: (message) => {
      const answer = next(message);
      return Promise.resolve(typeof answer === 'boolean' ? answer : undefined);
    },
    choose: (message) => {
      const answer = next(message);
      return Promise.resolve(typeof answer === 'string' ? answer : undefined);
    },
    text: ({ message, check }: TextQuestion) => {
      for (;;) {
        const answer = next(message);
        if (typeof answer !== 'string') return Promise.resolve(undefined);
        const reason = check(answer);
        if (reason === undefined) return Promise.resolve(answer);
        refused.push(reason);
      }
    },
  };
  return { asked, refused, io: { openPrompts: () => Promise.resolve(prompts) } };
}

describe('alur setup', () => {
  test('without answers asks for all of them, checks each, and makes a token where none is typed', async () => {
    const { refused, asked, io } = person([
      true,
      'bot',
      'https://bot.acme.io',
      '+62 8',
      '100000000000001',
      TOKEN,
      '',
      APP,
      '',
      'v25.0',
      '250',
    ]);
    const ran = await run('setup b', io);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(refused).toEqual([
      expect.stringContaining('`public_base_url` must be'),
      expect.stringContaining('must be digits'),
    ]);
    expect(asked).toHaveLength(11);
    const team = (await readBundle(join(cwd, 'b'))).tenants[0]?.teams[0];
    expect(team).toMatchObject({ appSecrets: [APP], numbers: [{ accessToken: TOKEN, tier: '250' }] });
    expect(team?.verifyToken).toMatch(/^[0-9a-f]{48}$/);
    expect(ran.out).toContain(`Verify token:  ${team?.verifyToken}`);
  });

  test('asks for the required answers that a file leaves out, and for nothing else', async () => {
    await put('answers.json', { ...GIVEN, access_token: '', verify_token: undefined });
    const { asked, io } = person([TOKEN, VERIFY]);
    expect(await run('setup --answers answers.json b', io)).toMatchObject({ exit: 0, err: '' });
    expect(asked).toEqual([expect.stringContaining('access token'), expect.stringContaining('Verify token')]);
  });

  test('asks for nothing when something else is wrong with the answers or the bundle', async () => {
    await put('answers.json', { ...GIVEN, access_token: '', tier: 'x' });
    const { asked, io } = person([]);
    expect((await run('setup --answers answers.json b', io)).exit).toBe(3);
    await put('answers.json', GIVEN);
    await run('setup --answers answers.json b');
    await writeFile(join(cwd, 'b/bundle.yaml'), 'tenants: []');
    expect((await run('setup b', io)).exit).toBe(3);
    expect(asked).toEqual([]);
  });

  test('writes nothing when the person breaks off, at whatever question', async () => {
    const all = [true, 'https://bot.acme.io', '100000000000001', TOKEN, VERIFY, APP, '', 'v25.0', '250'];
    for (let length = 0; length < all.length; length++) {
      const ran = await run('setup b', person(all.slice(0, length)).io);
      expect([ran.exit, ran.out, leaked(ran.err)]).toEqual([7, '', []]);
      expect(ran.err).toContain('Nothing was written: the questions were broken off');
    }
    expect(await isThere('b')).toBe(false);
  });

  test.each(['--non-interactive', '--no-input', ''])(
    'names all that is missing at once without questions: %j',
    async (flag) => {
      const { asked, io } = person([]);
      const ran = await run(`setup b ${flag}`.trim(), flag === '' ? {} : io);
      expect([ran.exit, ran.out, asked]).toEqual([3, '', []]);
      for (const key of ['enabled', 'public_base_url', 'phone_number_id', 'access_token', 'verify_token']) {
        expect(ran.err).toContain(`\`${key}\` is missing`);
      }
      expect(await isThere('b')).toBe(false);
    },
  );

  test('reads standard input with `-`, and then asks for nothing', async () => {
    const { asked, io } = person([]);
    const stdin = Readable.from([JSON.stringify({ ...GIVEN, access_token: '' })]);
    const ran = await run('setup --answers - b', { ...io, stdin });
    expect([ran.exit, asked]).toEqual([3, []]);
    expect(ran.err).toContain('standard input:1:');
    expect((await run('setup --answers - b', { stdin: Readable.from([JSON.stringify(GIVEN)]) })).exit).toBe(
      0,
    );
  });

  test('reads variables of the environment', async () => {
    await put(
      'answers.yaml',
      '{enabled: true, public_base_url: "https://a.io", phone_number_id: "1", access_token: "${T}", verify_token: "${V:-vvv}"}',
    );
    expect((await run('setup --answers answers.yaml b')).err).toContain('the variable T is not set');
    expect((await run('setup --answers answers.yaml b', { env: { T: TOKEN } })).exit).toBe(0);
  });

  test('sets up several teams at once and prints the webhook of each', async () => {
    const shop = { ...GIVEN, phone_number_id: '2' };
    await put('answers.json', { tenants: { acme: { teams: { main: GIVEN, shop } } } });
    const ran = await run('setup --answers answers.json b');
    expect(ran.out).toContain('Set up: teams acme/main, acme/shop in b');
    expect(ran.out).toContain('https://bot.acme.io/webhook/whatsapp/acme/shop');
    expect((await run('setup --answers answers.json b')).out).toContain(
      'Nothing to change: teams acme/main, acme/shop in b are',
    );
  });

  test('says what a dry run would change, and writes nothing', async () => {
    await put('answers.json', GIVEN);
    const dry = await run('setup --answers answers.json b --dry-run');
    expect(dry.out).toContain('would create  bundle.yaml');
    expect(dry.out).toContain('tenants.default.teams.default.public_base_url: "https://bot.acme.io"');
    expect(leaked(dry.out + dry.err, [VERIFY ?? ''])).toEqual([]);
    expect(await isThere('b')).toBe(false);
  });

  test('shows the verify token to a person only, and no other secret to anybody', async () => {
    await put('answers.json', GIVEN);
    const shown = await run('setup --answers answers.json b');
    expect(leaked(shown.out + shown.err)).toEqual([VERIFY]);
    await put('other.json', { ...GIVEN, public_base_url: 'https://b.io' });
    for (const line of [
      'other.json b --json',
      'other.json b --json --dry-run',
      'other.json b --json --tenant x',
    ]) {
      const ran = await run(`setup --answers ${line}`);
      expect(leaked(ran.out + ran.err)).toEqual([]);
    }
    expect(JSON.parse((await run('setup --answers other.json b --json')).out)).toMatchObject({
      ok: true,
      data: {
        teams: [
          {
            tenant: 'default',
            team: 'default',
            callbackUrl: 'https://b.io/webhook/whatsapp/default/default',
          },
        ],
      },
    });
    const files = await readdir(join(cwd, 'b'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name);
      const isSecret = path.includes('/secrets/');
      expect([path, leaked(await readFile(path, 'utf8')).length]).toEqual([
        path,
        isSecret ? CANARIES.length : 0,
      ]);
      if (isSecret) expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });

  test.each<[string, object | string]>([
    ['a fault beside every secret', { ...GIVEN, tier: 'x', access_tokn: TOKEN }],
    [
      'secrets of wrong form',
      {
        ...GIVEN,
        access_token: `${TOKEN} x`,
        verify_token: ` ${VERIFY}`,
        app_secret: `${APP} x`,
        flow_secrets: { CRM: `${FLOW}\n` },
        api_keys: [{ name: 'A', key: API }],
      },
    ],
    [
      'secrets of wrong type',
      {
        ...GIVEN,
        access_token: [TOKEN],
        verify_token: { [String(VERIFY)]: 1 },
        app_secret: { a: APP },
        flow_secrets: [FLOW],
        api_keys: API,
      },
    ],
    ['broken JSON', JSON.stringify(GIVEN).replace(`"${TOKEN}",`, `"${TOKEN}" `)],
    ['a file that ends early', JSON.stringify(GIVEN).slice(0, -4)],
    ['a bare secret', String(TOKEN)],
    ['two names of one thing', { ...GIVEN, hub_verify_token: VERIFY }],
    ['a variable inside of secrets', { ...GIVEN, access_token: `${TOKEN}\${NONE}` }],
  ])('tells no secret in a failure: %s', async (_, answers) => {
    await put('answers.json', answers);
    for (const flags of ['', ' --json', ' --dry-run']) {
      const ran = await run(`setup --answers answers.json b${flags}`);
      expect([ran.exit, leaked(ran.out + ran.err)]).toEqual([3, []]);
    }
    expect(await isThere('b')).toBe(false);
  });

  test('--emit-answers writes a file that only its owner may read, and never over one that is there', async () => {
    const ran = await run('setup b --emit-answers answers.yaml');
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect((await stat(join(cwd, 'answers.yaml'))).mode & 0o777).toBe(0o600);
    expect((await run('setup b --emit-answers answers.yaml')).exit).toBe(7);
    expect((await run('setup b --emit-answers x --answers y')).exit).toBe(2);
    expect((await run('setup b --emit-answers -')).out).toBe(
      await readFile(join(cwd, 'answers.yaml'), 'utf8'),
    );
    expect(JSON.parse((await run('setup b --emit-answers - --advanced --json')).out)).toMatchObject({
      data: { text: expect.stringContaining('# app_secret:') },
    });
    expect(await isThere('b')).toBe(false);
    const env = {
      ALUR_PUBLIC_BASE_URL: 'https://a.io',
      ALUR_PHONE_NUMBER_ID: '1',
      ALUR_ACCESS_TOKEN: TOKEN,
      ALUR_VERIFY_TOKEN: VERIFY,
    };
    expect((await run('setup b --answers answers.yaml', { env })).exit).toBe(0);
    const again = await run('setup b --emit-answers -');
    expect(leaked(again.out)).toEqual([]);
    await put('again.yaml', again.out);
    expect((await run('setup b --answers again.yaml', { env })).out).toContain('Nothing to change');
  });
});
