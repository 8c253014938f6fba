import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sha256Of } from './api-keys.ts';
import { BundleError } from './problem.ts';
import { readBundle } from './read-bundle.ts';
import { setupBundle, type SetupOptions } from './setup-bundle.ts';

// The answers of the provider's documentation, word for word.
const DOCUMENTED = `{
  "messaging-whatsapp": {
    "enabled": true,
    "public_base_url": "https://your-domain.ngrok-free.app",
    "phone_number_id": "123456789012345",
    "access_token": "EAAxxxxx...",
    "verify_token": "your-verify-token",
    "business_account_id": "987654321098765"
  }
}
`;

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'alur-setup-')), 'my-bundle');
});
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

const setup = (text: string, more: Partial<SetupOptions> = {}) =>
  setupBundle({ answers: { text, path: 'answers.json' }, dir, ...more });
const text = (path: string) => readFile(join(dir, path), 'utf8');
const mode = async (path: string) => ((await stat(join(dir, path))).mode & 0o777).toString(8);
const answers = (more: object) =>
  JSON.stringify({ ...(JSON.parse(DOCUMENTED) as Record<string, object>)['messaging-whatsapp'], ...more });

async function problemsOf(run: Promise<unknown>): Promise<BundleError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BundleError) return error;
  throw new Error('expected a BundleError', { cause: error });
}

describe('setupBundle()', () => {
  test('makes a bundle from the documented answers, and says what is missing', async () => {
    const result = await setup(DOCUMENTED);
    expect(result.created).toEqual([
      'secrets/default/default.json',
      'flows/hello.ygtc',
      '.gitignore',
      'bundle.yaml',
    ]);
    expect(result.teams).toEqual([
      {
        tenant: 'default',
        team: 'default',
        callbackUrl: 'https://your-domain.ngrok-free.app/webhook/whatsapp/default/default',
        verifyToken: 'your-verify-token',
      },
    ]);
    expect(result.warnings).toEqual([
      expect.stringContaining('`access_token` (answers.json:6:21)'),
      expect.stringContaining('every webhook will be refused until there is one'),
      expect.stringContaining(
        'v18.0, the default: Meta no longer serves v20.0 and older. Set `api_version` to v25.0',
      ),
      expect.stringContaining('no `tier`'),
    ]);
    const bundle = await readBundle(dir);
    expect(bundle.tenants[0]?.teams[0]).toEqual({
      tenant: 'default',
      id: 'default',
      enabled: true,
      limits: { apiPerSecond: 50, waiting: 100_000 },
      publicBaseUrl: 'https://your-domain.ngrok-free.app',
      businessAccountId: '987654321098765',
      flowsDir: join(dir, 'flows'),
      appSecrets: [],
      verifyToken: 'your-verify-token',
      apiKeys: [],
      flowSecrets: new Map(),
      httpAllow: [],
      subscribers: [],
      readReceipts: 'off',
      optOut: bundle.tenants[0]?.optOut,
      numbers: [
        {
          id: '123456789012345',
          tenant: 'default',
          team: 'default',
          accessToken: 'EAAxxxxx...',
          apiVersion: 'v18.0',
          tier: '1',
          tierCounts: 'business_initiated',
          tierScope: 'number',
          businessAccountId: '987654321098765',
          throughput: 80,
        },
      ],
    });
  });

  test('keeps secrets out of bundle.yaml, out of git and from others', async () => {
    await setup(answers({ app_secret: 'app-s3cret' }));
    expect(await text('bundle.yaml')).not.toMatch(/EAAxxxxx|your-verify-token|app-s3cret/);
    expect(await text('.gitignore')).toBe('secrets/\n');
    expect(await mode('secrets/default/default.json')).toBe('600');
    expect(await mode('secrets/default')).toBe('700');
    expect(await mode('secrets')).toBe('700');
  });

  test('changes nothing the second time', async () => {
    const first = await setup(DOCUMENTED);
    const before = await stat(join(dir, 'bundle.yaml'));
    const second = await setup(DOCUMENTED);
    expect(second).toEqual({
      ...first,
      created: [],
      changes: [],
      unchanged: ['secrets/default/default.json', '.gitignore', 'bundle.yaml'],
    });
    expect((await stat(join(dir, 'bundle.yaml'))).mtimeMs).toBe(before.mtimeMs);
  });

  test('writes nothing in a dry run, and says what it would write', async () => {
    const result = await setup(DOCUMENTED, { dryRun: true });
    expect(result.created).toContain('bundle.yaml');
    await expect(stat(dir)).rejects.toThrow('ENOENT');
  });

  test.each([
    ['flat JSON', answers({})],
    [
      'YAML, with unquoted ids',
      'enabled: true\npublic_base_url: https://your-domain.ngrok-free.app\nphone_number_id: 123456789012345\naccess_token: EAAxxxxx...\nverify_token: your-verify-token\nbusiness_account_id: 987654321098765\n',
    ],
    [
      'tabs, a byte order mark and CRLF',
      `\uFEFF${DOCUMENTED.replaceAll('  ', '\t').replaceAll('\n', '\r\n')}`,
    ],
    [
      'the other names of keys',
      DOCUMENTED.replace('"verify_token"', '"hub_verify_token"').replace('business_account_id', 'waba_id'),
    ],
    ['another provider beside it', DOCUMENTED.replace('{', '{"messaging-telegram": {"token": "x"}, ')],
  ])('reads %s', async (_, given) => {
    await setup(given);
    const made = await text('bundle.yaml');
    const secrets = await text('secrets/default/default.json');
    await rm(dir, { recursive: true });
    await setup(DOCUMENTED);
    expect([made, secrets]).toEqual([await text('bundle.yaml'), await text('secrets/default/default.json')]);
  });

  test('keeps every digit of an unquoted id that is too long for a number', async () => {
    await setup(answers({}).replace('"123456789012345"', '12345678901234567890'));
    await setup(answers({}).replace('"123456789012345"', '12345678901234567890'));
    expect((await readBundle(dir)).tenants[0]?.teams[0]?.numbers[0]?.id).toBe('12345678901234567890');
  });

  test('names every fault at once, with its place and fix, and never a value', async () => {
    const given = `{
  "messaging-whatsapp": {
    "enabled": "yes-s3cret",
    "public_base_url": "s3cret.example.com",
    "phone_number_id": "+62 812 s3cret",
    "acess_token": "EAA-s3cret",
    "verify_token": "",
    "business_account_id": "s3cret",
    "api_version": "s3cret",
    "app_secret": ["ok-s3cret", "with s3cret"],
    "tier": "s3cret",
    "tier_counts": 5,
    "throughput": 2000,
    "tier_scope": "portfolio-s3cret",
    "portfolio_id": "s3cret"
  }
}`;
    const error = await problemsOf(setup(given));
    expect(error.code).toBe('invalid_answers');
    const seen = error.problems.map(({ line, col, message }) => `${line}:${col} ${message}`);
    expect(seen).toEqual([
      '2:25 `access_token` is missing',
      '3:16 `enabled` must be true or false, without quotes, got text',
      '4:24 `public_base_url` must be an http or https address without query or password, got text',
      '5:24 `phone_number_id` must be digits, got text',
      '6:5 `acess_token` is not known here',
      '7:21 `verify_token` is missing',
      '8:28 `business_account_id` must be digits, got text',
      '9:20 `api_version` must be a version of the Graph API, got text',
      '10:33 `app_secret` must be a secret without spaces, or a list of such, got text',
      '11:13 `tier` must be one of 250, 1, 2k, 2, 3 and unlimited, got text',
      '12:20 `tier_counts` must be business_initiated or all, got a number',
      '13:19 `throughput` must be a whole number from 1 to 1000, got a number',
      '14:19 `tier_scope` must be number or portfolio, got text',
      '15:21 `portfolio_id` must be digits, got text',
    ]);
    expect(error.problems[4]?.fix).toBe('did you mean `access_token`?');
    expect(error.problems[3]?.fix).toContain('not the phone number');
    expect(error.problems.every((problem) => problem.file === 'answers.json' && problem.fix !== '')).toBe(
      true,
    );
    expect(JSON.stringify([error.message, error.problems, error.cause])).not.toContain('s3cret');
    await expect(stat(dir)).rejects.toThrow('ENOENT');
  });

  test.each([
    ['a missing comma', '{"access_token": "EAA-s3cret" "enabled": true}', 'not valid JSON or YAML'],
    ['a missing quote', '{"enabled": true,\n "access_token": "EAA-s3cret}', 'not valid JSON or YAML'],
    ['a bare secret', 'EAA-s3cret', 'the file must be a map, got text'],
    ['nothing', '', 'the file must be a map, got nothing'],
    ['a list', '["EAA-s3cret"]', 'the file must be a map, got a list'],
    ['a key given twice', answers({}).replace('{', '{"access_token": "EAA-s3cret", '), 'given twice'],
    ['two names of one key', answers({ hub_verify_token: 's3cret' }), 'are two names of one thing'],
    ['an alias', 'access_token: &a EAA-s3cret\nverify_token: *a', 'an alias stands here'],
    ['an unknown tag', answers({}).replace('"EAAx', '!s3cret "EAAx'), 'not valid JSON or YAML'],
    [
      'the name of the prototype',
      answers({}).replace('{', '{"__proto__": {"s3cret": 1}, '),
      '`__proto__` is not known',
    ],
    ['an empty wrapper', '{"messaging-whatsapp": {}}', '`enabled` is missing'],
    ['no wrapper content', '{"messaging-whatsapp": null}', 'the file must be a map, got nothing'],
    ['a stray key beside the wrapper', '{"x": 1, "messaging-whatsapp": {}}', '`x` is not known beside'],
    [
      'a token with a line break',
      answers({ access_token: 'EAA-s3cret\n' }),
      '`access_token` must be a token',
    ],
    [
      'an address with a password',
      answers({ public_base_url: 'https://s3cret:x@a.b' }),
      '`public_base_url` must be',
    ],
    ['more than 256 KiB', answers({ verify_token: 's3cret'.repeat(50_000) }), 'over 256 KiB'],
  ])('refuses %s without quoting it', async (_, given, message) => {
    const error = await problemsOf(setup(given));
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('s3cret');
  });

  test('refuses a tenant or team that is no part of an address, along with the faults of the answers', async () => {
    const error = await problemsOf(setup('{"enabled": true}', { tenant: '../x', team: '__proto__' }));
    expect(error.problems.map((problem) => problem.file).slice(0, 3)).toEqual([
      '--tenant',
      '--team',
      'answers.json',
    ]);
  });

  test('adds a team and a tenant to what is there, with its comments', async () => {
    await setup(DOCUMENTED);
    await writeFile(join(dir, 'bundle.yaml'), `# ours\n${await text('bundle.yaml')}`);
    await setup(answers({ phone_number_id: '22', access_token: 'EAA22' }), { team: 'sales' });
    await setup(answers({ phone_number_id: '33', access_token: 'EAA33' }), { tenant: 'acme' });
    const bundle = await readBundle(dir);
    const numbers = bundle.tenants.flatMap((tenant) => tenant.teams.flatMap((team) => team.numbers));
    expect(numbers.map(({ tenant, team, id, accessToken }) => [tenant, team, id, accessToken])).toEqual([
      ['default', 'default', '123456789012345', 'EAAxxxxx...'],
      ['default', 'sales', '22', 'EAA22'],
      ['acme', 'default', '33', 'EAA33'],
    ]);
    expect(await text('bundle.yaml')).toContain('# ours');
  });

  test('refuses a number that another team has', async () => {
    await setup(DOCUMENTED);
    const error = await problemsOf(setup(DOCUMENTED, { team: 'sales' }));
    expect(error.problems).toEqual([
      {
        file: 'answers.json',
        line: 5,
        col: 24,
        message: '`phone_number_id` belongs to tenant "default", team "default" of this bundle already',
        fix: 'a number belongs to one team only',
      },
    ]);
  });

  test('takes new answers, and keeps what they leave out', async () => {
    await setup(answers({ app_secret: 'app-one', tier: 2, throughput: 20, api_version: 'v25.0' }));
    const result = await setup(answers({ access_token: 'EAAnew', app_secret: undefined }));
    expect(result.changed).toEqual(['secrets/default/default.json']);
    expect(result.warnings).toEqual([expect.stringContaining('look like placeholders')]);
    const team = (await readBundle(dir)).tenants[0]?.teams[0];
    expect(team?.appSecrets).toEqual(['app-one']);
    expect(team?.numbers).toEqual([
      expect.objectContaining({ accessToken: 'EAAnew', tier: '2', throughput: 20, apiVersion: 'v25.0' }),
    ]);
  });

  test('takes a tier that the numbers of a portfolio share, and keeps it', async () => {
    await setup(answers({ tier: '2', tier_scope: 'portfolio', portfolio_id: '77' }));
    await setup(answers({}));
    expect((await readBundle(dir)).tenants[0]?.teams[0]?.numbers).toEqual([
      expect.objectContaining({ tier: '2', tierScope: 'portfolio', portfolio: '77' }),
    ]);
  });

  const SHARED = { tier: '2', tier_scope: 'portfolio', portfolio_id: '77' };
  test.each([
    [
      'a shared tier without a portfolio',
      { tier_scope: 'portfolio' },
      { tenant: 'other', at: '"portfolio"' },
      '`tier_scope` is portfolio, but the team has no `portfolio_id`',
    ],
    [
      'another tier than that of the portfolio',
      { ...SHARED, tier: '3' },
      { tenant: 'default', at: '"3"' },
      'numbers 123456789012345 and 22 share the tier of portfolio 77, but differ in `tier`',
    ],
    [
      'the portfolio of another tenant',
      SHARED,
      { tenant: 'other', at: '"77"' },
      'portfolio 77 belongs to tenant "default" already',
    ],
  ])(
    'refuses %s, at its place in the answers, and writes nothing',
    async (_, more, { tenant, at }, message) => {
      await setup(answers(SHARED));
      const before = await text('bundle.yaml');
      const given = answers({ phone_number_id: '22', ...more });
      const error = await problemsOf(setup(given, { tenant, team: 'sales' }));
      expect(error.code).toBe('invalid_answers');
      expect(error.problems).toEqual([
        { file: 'answers.json', line: 1, col: given.indexOf(at) + 1, message, fix: expect.any(String) },
      ]);
      expect(await text('bundle.yaml')).toBe(before);
      await expect(stat(join(dir, `secrets/${tenant}/sales.json`))).rejects.toThrow('ENOENT');
    },
  );

  test('takes a list of app secrets while they are rotated', async () => {
    await setup(answers({ app_secret: ['new-one', 'old-one'] }));
    expect((await readBundle(dir)).tenants[0]?.teams[0]?.appSecrets).toEqual(['new-one', 'old-one']);
  });

  test('writes what flows may call, their secrets and the keys of the HTTP API, and keeps what is left out', async () => {
    const key = 'k'.repeat(24);
    const more = { http_allow: ['crm:8080'], flow_secrets: { CRM_TOKEN: 'abc def' }, api_keys: [key] };
    await setup(answers(more));
    const team = async () => (await readBundle(dir)).tenants[0]?.teams[0];
    const expected = {
      httpAllow: ['crm:8080'],
      flowSecrets: new Map([['CRM_TOKEN', 'abc def']]),
      apiKeys: [{ name: 'key-1', sha256: sha256Of(key), isDemo: false }],
    };
    expect(await team()).toMatchObject(expected);
    expect(await text('bundle.yaml')).not.toMatch(/abc|kkk/);
    expect((await setup(answers(more))).changed).toEqual([]);
    await setup(answers({ throughput: 20 }));
    expect(await team()).toMatchObject(expected);
    await setup(answers({ http_allow: [], flow_secrets: {}, api_keys: [] }));
    expect(await team()).toMatchObject({ httpAllow: [], flowSecrets: new Map(), apiKeys: [] });
  });

  test('leaves the list of hosts and its comments alone when it says the same, and changes it within what is there', async () => {
    await setup(answers({ http_allow: ['crm'] }));
    const written = (await text('bundle.yaml')).replace('- crm', '- crm # ours');
    await writeFile(join(dir, 'bundle.yaml'), written);
    await setup(answers({ http_allow: ['crm'], throughput: 20 }));
    expect(await text('bundle.yaml')).toContain('- crm # ours');
    await setup(answers({ http_allow: ['crm', 'http://erp:81'] }));
    expect((await readBundle(dir)).tenants[0]?.teams[0]?.httpAllow).toEqual(['crm', 'http://erp:81']);
  });

  test('writes subscribers and their secrets, and keeps them with their comments', async () => {
    const crm = { id: 'crm', url: 'https://crm.example/in' };
    const erp = { id: 'erp', url: 'http://erp:81/in', events: ['order.*'] };
    const subscriber_secrets = { crm: 'a-secret-of-sixteen', erp: 'another-of-sixteen' };
    await setup(answers({ subscribers: [crm, erp], subscriber_secrets }));
    const team = async () => (await readBundle(dir)).tenants[0]?.teams[0]?.subscribers;
    const expected = [
      { ...crm, events: ['*'], secrets: ['a-secret-of-sixteen'] },
      { ...erp, secrets: ['another-of-sixteen'] },
    ];
    expect(await team()).toEqual(expected);
    expect(await text('bundle.yaml')).not.toContain('sixteen');
    const written = (await text('bundle.yaml')).replace('id: crm', 'id: crm # ours');
    await writeFile(join(dir, 'bundle.yaml'), written);
    expect((await setup(answers({ subscribers: [crm, erp], subscriber_secrets }))).changed).toEqual([]);
    await setup(answers({ throughput: 20 }));
    expect(await text('bundle.yaml')).toContain('# ours');
    expect(await team()).toEqual(expected);
    await setup(answers({ subscribers: [], subscriber_secrets: {} }));
    expect(await team()).toEqual([]);
  });

  test.each([
    [{}, 'subscribers', 'subscriber "crm" has no secret'],
    [
      { subscriber_secrets: { erp: 'a-secret-of-sixteen' } },
      'subscriber_secrets',
      'subscriber "crm" has no secret',
    ],
  ])('refuses a subscriber whose deliveries could not be signed: %#', async (more, key, message) => {
    const source = JSON.stringify(
      JSON.parse(answers({ subscribers: [{ id: 'crm', url: 'https://a.b' }], ...more })),
      null,
      2,
    );
    const error = await problemsOf(setup(source));
    const line = 1 + source.split('\n').findIndex((each) => each.includes(`"${key}"`));
    expect(error).toMatchObject({
      code: 'invalid_answers',
      problems: [{ line: expect.any(Number), message }],
    });
    expect(error.problems[0]?.line).toBeGreaterThanOrEqual(line);
  });

  test('refuses subscribers that are none or there twice, by the places of the answers', async () => {
    const crm = { id: 'crm', url: 'https://a.b' };
    const twice = await problemsOf(setup(answers({ subscribers: [crm, crm] })));
    expect(twice.problems.map(({ message }) => message)).toEqual([
      '`subscribers` must be a list of at most 20 subscribers, each with a url and an id of its own, got a list',
    ]);
    const wrong = await problemsOf(setup(answers({ subscribers: [{ ...crm, event: [] }, { id: 'x' }] })));
    expect(wrong.problems.map(({ message, fix }) => `${message}; ${fix}`)).toEqual([
      '`event` is not known here; did you mean `events`?',
      expect.stringContaining('`url` is missing; it is where the deliveries are posted'),
    ]);
  });

  test('keeps flows and .gitignore lines that are there', async () => {
    await mkdir(join(dir, 'flows'), { recursive: true });
    await writeFile(join(dir, 'flows', 'mine.ygtc'), 'name: mine\n');
    await writeFile(join(dir, '.gitignore'), '*.log');
    await setup(DOCUMENTED);
    expect(await readdir(join(dir, 'flows'))).toEqual(['mine.ygtc']);
    expect(await text('.gitignore')).toBe('*.log\nsecrets/\n');
  });

  test('closes a secrets file that others may read', async () => {
    await setup(DOCUMENTED);
    await chmod(join(dir, 'secrets/default/default.json'), 0o644);
    const result = await setup(DOCUMENTED);
    expect(result.changed).toEqual(['secrets/default/default.json']);
    expect(await mode('secrets/default/default.json')).toBe('600');
  });

  test('leaves everything as it was when one file cannot be written', async () => {
    await setup(DOCUMENTED);
    const before = await text('secrets/default/default.json');
    await rm(join(dir, 'flows'), { recursive: true });
    await writeFile(join(dir, 'flows'), 'a file where the folder should be');
    await expect(setup(answers({ access_token: 'EAAnew' }))).rejects.toThrow();
    expect(await text('secrets/default/default.json')).toBe(before);
    expect((await readdir(join(dir, 'secrets/default'))).sort()).toEqual(['default.json']);
  });

  test('refuses to change a bundle.yaml that is wrong', async () => {
    await setup(DOCUMENTED);
    await writeFile(join(dir, 'bundle.yaml'), 'tenants: 5\nstrikt: true\n');
    const error = await problemsOf(setup(DOCUMENTED));
    expect(error.code).toBe('invalid_bundle');
    expect(error.problems.map(({ line, col, message, fix }) => [line, col, message, fix])).toEqual([
      [1, 10, '`tenants` must be a list with at least one tenant, got a number', expect.any(String)],
      [2, 1, '`strikt` is not known here', 'did you mean `strict`?'],
    ]);
  });
});
