import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkAnswer, missingAnswers, type AnswersSource } from './parse-answers.ts';
import { BundleError } from './problem.ts';
import { findTeam } from './bundle.ts';
import { readBundle } from './read-bundle.ts';
import { renderAnswers, type RenderAnswersOptions } from './render-answers.ts';
import { setupBundle, type SetupOptions } from './setup-bundle.ts';

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'alur-answers-')), 'my-bundle');
});
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

const GIVEN = {
  enabled: true,
  public_base_url: 'https://bot.acme.io',
  phone_number_id: '100000000000001',
  access_token: 'EAAtokentoken',
  verify_token: 'verify-us',
  app_secret: '0123456789abcdef',
  api_version: 'v25.0',
  tier: '250',
};
const json = (more: object = {}) => JSON.stringify({ ...GIVEN, ...more });
type Given = Partial<AnswersSource> & Omit<Partial<SetupOptions>, 'answers'>;
const setup = (text: string | undefined, { env, asked, ...more }: Given = {}) =>
  setupBundle({
    answers: { path: 'answers.json', text, ...(env && { env }), ...(asked && { asked }) },
    dir,
    ...more,
  });

async function problemsOf(run: Promise<unknown>): Promise<string[]> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BundleError)) throw new Error('expected a BundleError', { cause: error });
  return error.problems.map(({ line, col, message, fix }) => `${line}:${col} ${message} (${fix})`);
}

describe('setupBundle() with variables', () => {
  test('puts in what the environment holds, in any text, with defaults and for keys that are no texts', async () => {
    const text = json({
      enabled: '${ON}',
      throughput: '${RATE:-20}',
      access_token: '${TOKEN}',
      verify_token: 'a-${EMPTY:-b}-$${c}',
      flow_secrets: { CRM: 'Bearer ${TOKEN}' },
    });
    await setup(text, { env: { ON: 'true', TOKEN: 'EAAsecret', EMPTY: '' } });
    const team = findTeam(await readBundle(dir), 'default', 'default');
    expect(team).toMatchObject({ enabled: true, verifyToken: 'a-b-${c}' });
    expect(team?.numbers[0]).toMatchObject({ throughput: 20, accessToken: 'EAAsecret' });
    expect(team?.flowSecrets.get('CRM')).toBe('Bearer EAAsecret');
  });

  test('names every variable that is not set, once, and never a value', async () => {
    const text = json({
      access_token: '${TOKEN}',
      phone_number_id: '${ID}',
      verify_token: '${9}',
      tier: 's3cret',
    });
    const problems = await problemsOf(setup(text, { env: { OTHER: 's3cret' } }));
    expect(problems).toEqual([
      expect.stringContaining('the variable ID is not set (set it'),
      expect.stringContaining('the variable TOKEN is not set'),
      expect.stringContaining('`${` does not begin a variable here'),
      expect.stringContaining('`tier` must be one of'),
    ]);
    expect(problems.join()).not.toContain('s3cret');
    await expect(stat(dir)).rejects.toThrow('ENOENT');
  });

  test('takes nothing of the prototype of the environment for a variable', async () => {
    expect(await problemsOf(setup(json({ verify_token: '${constructor}' }), { env: {} }))).toHaveLength(1);
  });
});

describe('setupBundle() with several teams', () => {
  const teams = (more: object = {}) =>
    JSON.stringify({
      tenants: {
        acme: {
          teams: {
            shop: GIVEN,
            help: { ...GIVEN, phone_number_id: '100000000000002', business_account_id: '77' },
          },
        },
        globex: { teams: { main: { ...GIVEN, phone_number_id: '100000000000003', ...more } } },
      },
    });

  test('sets them all up at once, under the wrapper, too, and a second time changes nothing', async () => {
    const result = await setup(`{"messaging-whatsapp": ${teams()}}`);
    expect(result.teams.map(({ callbackUrl }) => callbackUrl)).toEqual(
      ['acme/shop', 'acme/help', 'globex/main'].map((name) => `https://bot.acme.io/webhook/whatsapp/${name}`),
    );
    const bundle = await readBundle(dir);
    expect(findTeam(bundle, 'acme', 'help')?.numbers[0]?.id).toBe('100000000000002');
    expect(await setup(teams())).toMatchObject({ created: [], changed: [], changes: [] });
  });

  test('names the faults of every team and writes nothing', async () => {
    const text = teams({ phone_number_id: '100000000000001', access_token: 'with space', tier: 9 });
    const problems = await problemsOf(setup(text));
    expect(problems).toEqual([
      expect.stringContaining('`access_token` must be a token'),
      expect.stringContaining('`tier` must be one of'),
    ]);
    expect(await problemsOf(setup(teams({ phone_number_id: '100000000000001' })))).toEqual([
      expect.stringContaining('`phone_number_id` belongs to tenant "acme", team "shop"'),
    ]);
    await expect(stat(dir)).rejects.toThrow('ENOENT');
  });

  test.each<[string, string, Given, string]>([
    ['a tenant that is chosen as well', teams(), { tenant: 'acme' }, '`tenants` names the teams itself'],
    [
      'an answer beside them',
      `{"enabled": true, ${teams().slice(1)}`,
      {},
      '`enabled` is not known beside `tenants`',
    ],
    [
      'a name that is no part of an address',
      '{"tenants": {"A B": {"teams": {"x": 1}}}}',
      {},
      'the tenant must be lower-case',
    ],
    ['a misspelt key of a tenant', '{"tenants": {"a": {"team": {}}}}', {}, 'did you mean `teams`?'],
    ['no tenant', '{"tenants": {}}', {}, '`tenants` must be a map with at least one name of a tenant'],
  ])('refuses %s', async (_, text, more, message) => {
    expect((await problemsOf(setup(text, more))).join('\n')).toContain(message);
  });
});

describe('setupBundle() and what was hardly meant', () => {
  test.each([
    ['changeme', { verify_token: 'changeme' }, '`verify_token` (answers.json:1:'],
    ['an angle bracket', { access_token: '<token>' }, '`access_token` (answers.json:1:'],
    ['a phone number', { phone_number_id: '6281234567890' }, 'looks like a phone number'],
    ['this machine', { public_base_url: 'https://localhost:8080' }, 'Meta cannot reach it'],
    ['a private address', { public_base_url: 'https://192.168.1.4' }, 'Meta cannot reach it'],
    ['plain http', { public_base_url: 'http://bot.acme.io' }, 'not https'],
  ])('warns of %s', async (_, more, warning) => {
    const { warnings } = await setup(json(more));
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });

  test('warns of nothing in answers that are right', async () => {
    expect((await setup(json())).warnings).toEqual([]);
  });

  test.each([
    [
      'an address with the path of the webhook',
      { public_base_url: 'https://a.io/webhook/whatsapp/x/y' },
      'has the path of the webhook in it (give the address alone',
    ],
    ['a phone number with +', { phone_number_id: '+6281234567890' }, 'not the phone number'],
    ['a line break', { access_token: 'EAA\n' }, 'got text with a line break at its end'],
    ['a number', { verify_token: 12345 }, 'a number in quotes'],
  ])('refuses %s', async (_, more, problem) => {
    expect(await problemsOf(setup(json(more)))).toEqual([expect.stringContaining(problem)]);
  });

  test('warns when the former app secret is not among the new ones, and when teams of one WABA have different ones', async () => {
    await setup(json({ business_account_id: '77' }));
    expect((await setup(json({ app_secret: ['new-secret', GIVEN.app_secret] }))).warnings).toEqual([]);
    expect((await setup(json({ app_secret: 'newer' }))).warnings).toEqual([
      expect.stringContaining('the former `app_secret` is not among these'),
    ]);
    const other = json({ phone_number_id: '100000000000002', business_account_id: '77' });
    expect((await setup(other, { team: 'shop' })).warnings).toEqual([
      expect.stringContaining('teams default/default and default/shop have one `business_account_id`, 77'),
    ]);
  });

  test('says what a dry run would change in bundle.yaml, without what a query may hold', async () => {
    const hook = { id: 'crm', url: 'https://crm.io/in?key=s3cret' };
    const given = { subscribers: [hook], subscriber_secrets: { crm: 's3cret-of-sixteen' } };
    await setup(json(given));
    const moved = {
      ...given,
      public_base_url: 'https://two.io',
      subscribers: [{ ...hook, url: 'https://b.io/?s3cret' }],
    };
    const { changes, changed } = await setup(json(moved), { dryRun: true });
    expect(changed).toEqual(['bundle.yaml']);
    expect(changes).toEqual([
      'tenants.default.teams.default.public_base_url: "https://bot.acme.io" -> "https://two.io"',
      'tenants.default.teams.default.subscribers.crm.url: "https://crm.io/in?..." -> "https://b.io/?..."',
    ]);
  });
});

describe('missingAnswers() and what was asked', () => {
  const place = { tenant: 'default', team: 'default', isGiven: false };
  const all = ['enabled', 'public_base_url', 'phone_number_id', 'access_token', 'verify_token'];

  test('names the required answers that are left out or empty, and none when something else is wrong', () => {
    const missing = (text: string | undefined) => missingAnswers({ path: 'a', text }, place);
    expect(missing(undefined)).toEqual(all);
    expect(missing(json({ access_token: '', verify_token: null }))).toEqual(['access_token', 'verify_token']);
    expect(missing(json())).toEqual([]);
    expect(missing(json({ access_token: '', tier: 9 }))).toEqual([]);
    expect(missing(json({ access_token: '${NONE}' }))).toEqual([]);
    expect(missing('{')).toEqual([]);
  });

  test('setupBundle() takes what was asked for what is missing only', async () => {
    const { verify_token, ...rest } = GIVEN;
    await setup(JSON.stringify(rest), { asked: { verify_token, access_token: 'EAAother' } });
    const team = findTeam(await readBundle(dir), 'default', 'default');
    expect([team?.verifyToken, team?.numbers[0]?.accessToken]).toEqual([verify_token, GIVEN.access_token]);
  });

  test('setupBundle() without a file names all that is missing, without lines', async () => {
    const problems = await problemsOf(setup(undefined));
    expect(problems).toEqual(
      all.map((key) => expect.stringContaining(`undefined:undefined \`${key}\` is missing`)),
    );
  });

  test.each([
    ['public_base_url', 'https://a.io/webhook/whatsapp/', 'has the path of the webhook'],
    ['phone_number_id', '+62', 'must be digits'],
    ['access_token', 'a b', 'must be a token without spaces'],
  ] as const)('checkAnswer() refuses a %s such as %j', (key, value, message) => {
    expect(checkAnswer(key, value)).toContain(message);
    expect(checkAnswer(key, GIVEN[key])).toBeUndefined();
  });
});

describe('renderAnswers()', () => {
  const render = (more: Partial<RenderAnswersOptions> = {}) =>
    renderAnswers({ dir, tenant: 'default', team: 'default', advanced: false, format: 'yaml', ...more });
  const ENV = {
    ALUR_ACCESS_TOKEN: 'EAAt0ps3cret',
    ALUR_VERIFY_TOKEN: 'verify-s3cret',
    ALUR_APP_SECRET: 'app-s3cret-new',
    ALUR_APP_SECRET_2: 'app-s3cret-old',
    ALUR_FLOW_SECRET_CRM_KEY: 'flow-s3cret',
    ALUR_SUBSCRIBER_SECRET_CRM_1: 'subscriber-s3cret',
    ALUR_PUBLIC_BASE_URL: 'https://bot.acme.io',
    ALUR_PHONE_NUMBER_ID: '100000000000001',
  };
  const FORMS = [false, true].flatMap((advanced) =>
    (['yaml', 'json'] as const).map((format) => ({ advanced, format })),
  );

  test.each(FORMS)('makes a text that sets up a new bundle once its variables are set: %o', async (form) => {
    const text = await render(form);
    await setup(text, { env: ENV });
    const team = findTeam(await readBundle(dir), 'default', 'default');
    expect(team?.numbers[0]).toMatchObject({
      id: '100000000000001',
      apiVersion: 'v18.0',
      accessToken: 'EAAt0ps3cret',
    });
  });

  test.each(FORMS)('says what the bundle has, without a secret, and changes nothing: %o', async (form) => {
    await setup(
      json({
        access_token: ENV.ALUR_ACCESS_TOKEN,
        verify_token: ENV.ALUR_VERIFY_TOKEN,
        app_secret: [ENV.ALUR_APP_SECRET, ENV.ALUR_APP_SECRET_2],
        flow_secrets: { CRM_KEY: ENV.ALUR_FLOW_SECRET_CRM_KEY },
        subscribers: [{ id: 'crm-1', url: 'https://crm.io/$${x}' }],
        subscriber_secrets: { 'crm-1': ENV.ALUR_SUBSCRIBER_SECRET_CRM_1 },
        api_keys: [{ name: 'erp', key: 'k3y-s3cret-of-twenty-four' }],
        locale: 'id-ID',
        fallback_message: 'costs $${5}',
      }),
    );
    const before = await readFile(join(dir, 'secrets/default/default.json'), 'utf8');
    const text = await render(form);
    expect(text).not.toContain('s3cret');
    expect(text).toContain('id-ID');
    expect(await setup(text, { env: ENV })).toMatchObject({ created: [], changed: [], changes: [] });
    expect(await readFile(join(dir, 'secrets/default/default.json'), 'utf8')).toBe(before);
  });

  test('tells the meaning of keys in YAML, and with advanced of those that have no default', async () => {
    expect(await render()).toMatch(
      /# .*not the phone number\n {2}phone_number_id: \$\{ALUR_PHONE_NUMBER_ID\}/,
    );
    expect(await render()).not.toContain('app_secret');
    expect(await render({ advanced: true })).toContain('\n  # app_secret:\n');
  });

  test('refuses a bundle that cannot be read', async () => {
    await setup(json());
    await writeFile(join(dir, 'bundle.yaml'), 'tenants: 1');
    await expect(render()).rejects.toThrow('`tenants` must be');
  });
});
