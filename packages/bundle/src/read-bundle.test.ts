import { anApiKey } from '../../../test/support/bundle.ts';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findNumber, findTeam } from './bundle.ts';
import { BundleError } from './problem.ts';
import { readBundle, readFlowFolders, readFlowPlaces } from './read-bundle.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alur-bundle-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function put(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), text, { mode });
  await chmod(join(dir, path), mode);
}

const BUNDLE = `
strict: false
graph_base_url: http://127.0.0.1:7704/
tenants:
  - id: acme
    fallback_message: Sorry.
    teams:
      - id: sales
        enabled: true
        public_base_url: https://bot.example.com/
        flows: sales/flows
        numbers:
          - phone_number_id: 11
            tier: 3
            tier_counts: all
          - phone_number_id: "22"
            api_version: v25.0
            throughput: 20
`;
const SECRETS = '{"verify_token": "v", "app_secret": "a", "access_tokens": {"11": "t11", "22": "t22"}}';

async function errorOf(run: Promise<unknown>): Promise<BundleError> {
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  if (error instanceof BundleError) return error;
  throw new Error('expected a BundleError', { cause: error });
}

describe('readBundle()', () => {
  test('reads tenants, teams, numbers and their secrets', async () => {
    await put('bundle.yaml', BUNDLE);
    await put('secrets/acme/sales.json', SECRETS);
    const bundle = await readBundle(dir);
    expect(bundle).toMatchObject({ dir, demo: false, strict: false, graphBaseUrl: 'http://127.0.0.1:7704' });
    const team = findTeam(bundle, 'acme', 'sales');
    expect(team).toMatchObject({
      publicBaseUrl: 'https://bot.example.com',
      flowsDir: join(dir, 'sales/flows'),
      appSecrets: ['a'],
      verifyToken: 'v',
      fallbackMessage: 'Sorry.',
    });
    expect(findNumber(bundle, '11')).toMatchObject({
      accessToken: 't11',
      apiVersion: 'v18.0',
      tier: '3',
      tierCounts: 'all',
    });
    expect(findNumber(bundle, '22')).toMatchObject({
      accessToken: 't22',
      apiVersion: 'v25.0',
      tier: '1',
      throughput: 20,
    });
  });

  test('reads what flows may call, their secrets, and the keys of the HTTP API', async () => {
    const http =
      '        http: { allow: [crm, "10.0.0.5:8080", "http://erp.example:81", "[fd12::1]:8080"] }\n';
    await put(
      'bundle.yaml',
      `removed_flows: end${BUNDLE.replace('        enabled', `${http}        enabled`)}`,
    );
    const api_keys = ['k'.repeat(24), 'l'.repeat(64)];
    const flow_secrets = { CRM_TOKEN: 'a b: "ü" €', tier: 'x', _1: '1' };
    await put('secrets/acme/sales.json', JSON.stringify({ ...JSON.parse(SECRETS), api_keys, flow_secrets }));
    const bundle = await readBundle(dir);
    expect(bundle.removedFlows).toBe('end');
    expect(findTeam(bundle, 'acme', 'sales')).toMatchObject({
      httpAllow: ['crm', '10.0.0.5:8080', 'http://erp.example:81', '[fd12::1]:8080'],
      apiKeys: api_keys
        .map((key) => anApiKey(key))
        .map(({ sha256, scopes, isDemo }) => ({ sha256, scopes, isDemo })),
      flowSecrets: new Map(Object.entries(flow_secrets)),
    });
  });

  test('reads who is told what flows emit, with their secrets, and refuses one without', async () => {
    const subscribers =
      '        subscribers: [{ id: crm, url: "https://crm.example/in?a=b", events: [order.*, "*", handoff.ended] }, { id: constructor, url: "http://erp:81" }]\n';
    await put('bundle.yaml', BUNDLE.replace('        enabled', `${subscribers}        enabled`));
    const subscriber_secrets = {
      crm: 's'.repeat(16),
      constructor: `whsec_${'k'.repeat(43)}=`,
      old: 'o'.repeat(16),
    };
    await put('secrets/acme/sales.json', JSON.stringify({ ...JSON.parse(SECRETS), subscriber_secrets }));
    expect(findTeam(await readBundle(dir), 'acme', 'sales')?.subscribers).toEqual([
      {
        id: 'crm',
        url: 'https://crm.example/in?a=b',
        events: ['order.*', '*', 'handoff.ended'],
        secrets: [subscriber_secrets.crm],
      },
      { id: 'constructor', url: 'http://erp:81', events: ['*'], secrets: [subscriber_secrets.constructor] },
    ]);
    await put('secrets/acme/sales.json', SECRETS);
    expect((await errorOf(readBundle(dir))).problems).toEqual(
      ['crm', 'constructor'].map((id) => ({
        file: join(dir, 'secrets/acme/sales.json'),
        message: `\`subscriber_secrets\` has no secret for subscriber "${id}"`,
        fix: expect.stringContaining('at least 16 characters'),
      })),
    );
  });

  test.each([
    [
      { subscriber_secrets: { crm: 'k'.repeat(15) } },
      '`subscriber_secrets` must be a map from subscribers to',
    ],
    [{ subscriber_secrets: { crm: `kkk ${'k'.repeat(16)}` } }, '`subscriber_secrets` must be a map'],
    [{ subscriber_secrets: { crm: `whsec_${'k-'.repeat(16)}` } }, '`subscriber_secrets` must be a map'],
    [{ subscriber_secrets: { CRM: 'k'.repeat(16) } }, 'the keys of `subscriber_secrets` must be ids'],
    [{ subscriber_secrets: 'k'.repeat(16) }, '`subscriber_secrets` must be a map'],
    [{ api_keys: ['k'.repeat(23)] }, '`api_keys` must be a list of at most 20 keys'],
    [{ api_keys: [`k ${'k'.repeat(24)}`] }, '`api_keys` must be a list of at most 20 keys'],
    [{ api_keys: 'k'.repeat(24) }, '`api_keys` must be a list of at most 20 keys'],
    [{ flow_secrets: { tier: '' } }, '`flow_secrets` must be a map with at most 200 texts'],
    [{ flow_secrets: { tier: 5 } }, '`flow_secrets` must be a map with at most 200 texts'],
    [{ flow_secrets: { A: 'secret\nvalue' } }, '`flow_secrets` must be a map with at most 200 texts'],
    [
      { flow_secrets: { A: 'secretvalue'.repeat(400) } },
      '`flow_secrets` must be a map with at most 200 texts',
    ],
    [{ flow_secrets: { 'A-B': 'secretvalue' } }, 'the keys of `flow_secrets` must be letters'],
    [{ flow_secrets: { '1A': 'secretvalue' } }, 'the keys of `flow_secrets` must be letters'],
    [{ flow_secrets: ['secretvalue'] }, '`flow_secrets` must be a map with at most 200 texts'],
  ])('refuses secrets that are wrong without telling them: %#', async (more, message) => {
    await put('bundle.yaml', BUNDLE);
    await put('secrets/acme/sales.json', JSON.stringify({ ...JSON.parse(SECRETS), ...more }));
    const error = await errorOf(readBundle(dir));
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]?.message).toContain(message);
    expect(error.message).not.toMatch(/secret.?value|k{8}/);
  });

  test('reads limits, opt-outs and what is said of errors, with defaults for what is left out', async () => {
    await put('bundle.yaml', BUNDLE);
    await put('secrets/acme/sales.json', SECRETS);
    const bundle = await readBundle(dir);
    expect(bundle).toMatchObject({
      errors: new Map(),
      onUnknown: { reply: 'retry_once', notification: 'retry_once', broadcast: 'park' },
      removedFlows: 'finish',
      recordKeepS: 8 * 86_400,
    });
    expect(findTeam(bundle, 'acme', 'sales')).toMatchObject({
      httpAllow: [],
      subscribers: [],
      readReceipts: 'off',
      apiKeys: [],
      flowSecrets: new Map(),
    });
    expect(bundle.tenants[0]?.optOut.words.stop).toContain('BERHENTI');
    expect(findNumber(bundle, '11')).toMatchObject({ tierScope: 'number' });
    expect(findNumber(bundle, '11')).not.toHaveProperty('portfolio');
    expect(findNumber(bundle, '11')).not.toHaveProperty('businessAccountId');

    const top = `record_days: 30
on_unknown: park
graph_errors:
  131026: { class: retry, retry_after: 60, advice: Wait. }
  4: { advice: Slow down. }`;
    const opened = BUNDLE.replace(
      '    teams:',
      '    opt_out: { languages: [], stop_words: [HALT] }\n    teams:',
    );
    const shared = opened
      .replace(
        '        enabled',
        '        portfolio_id: 77\n        business_account_id: 88\n        enabled',
      )
      .replace('tier_counts: all', 'tier_scope: portfolio');
    await put('bundle.yaml', `${top}${shared}`);
    const other = await readBundle(dir);
    expect(other).toMatchObject({
      onUnknown: { reply: 'park', notification: 'park', broadcast: 'park' },
      recordKeepS: 30 * 86_400,
    });
    expect([...other.errors]).toEqual([
      [4, { advice: 'Slow down.' }],
      [131026, { class: 'retry', retryAfterMs: 60_000, advice: 'Wait.' }],
    ]);
    expect(other.tenants[0]?.optOut.words.stop).toContain('HALT');
    expect(findTeam(other, 'acme', 'sales')?.optOut).toEqual(other.tenants[0]?.optOut);
    const account = { portfolio: '77', businessAccountId: '88' };
    expect(findNumber(other, '11')).toMatchObject({ ...account, tierScope: 'portfolio', tier: '3' });
    expect(findNumber(other, '22')).toMatchObject({ ...account, tierScope: 'number', tier: '1' });
  });

  test('gives each team the templates of its WABA, and refuses a file that it cannot read', async () => {
    const account = '        business_account_id: 88\n        enabled';
    await put('bundle.yaml', BUNDLE.replace('        enabled', account));
    await put('secrets/acme/sales.json', SECRETS);
    expect(findTeam(await readBundle(dir), 'acme', 'sales')).not.toHaveProperty('templates');
    const hello = {
      id: '1',
      name: 'hello',
      language: 'en',
      status: 'APPROVED',
      category: 'UTILITY',
      components: [],
    };
    const file = { waba: '88', pulled_at: '2026-01-05T09:00:00.000Z', templates: [hello] };
    await put('templates/88.json', JSON.stringify(file));
    expect(findTeam(await readBundle(dir), 'acme', 'sales')?.templates).toEqual([hello]);
    await rm(join(dir, 'secrets'), { recursive: true });
    expect(await readFlowPlaces(dir)).toEqual({
      problems: [],
      places: [
        {
          tenant: 'acme',
          team: 'sales',
          flowsDir: join(dir, 'sales/flows'),
          businessAccountId: '88',
          templates: [hello],
        },
      ],
    });
    await put('secrets/acme/sales.json', SECRETS);
    await put('templates/88.json', '{"waba": 88}');
    const { problems } = await errorOf(readBundle(dir));
    expect(problems.map(({ fix }) => fix)).toContain('write it anew with `alur templates pull`');
    expect((await readBundle(dir, { withoutTemplates: true })).tenants).toHaveLength(1);
  });

  test('throws not_found, with the command that makes one, where there is no bundle', async () => {
    const error = await errorOf(readBundle(join(dir, 'nowhere')));
    expect(error.code).toBe('not_found');
    expect(error.message).toContain('alur setup --answers answers.json');
  });

  test('names every problem of bundle.yaml with its place', async () => {
    await put(
      'bundle.yaml',
      BUNDLE.replace('acme', 'Acme_1')
        .replace('enabled: true', 'enabled: yes')
        .replace('tier: 3', 'teir: 9')
        .replace('sales/flows', '../out'),
    );
    const { code, problems } = await errorOf(readBundle(dir));
    expect(code).toBe('invalid_bundle');
    expect(problems.map(({ line, col, message, fix }) => [line, col, message, fix])).toEqual(
      expect.arrayContaining([
        [
          5,
          9,
          '`id` must be lower-case letters, digits and dashes, 63 at most, got text',
          expect.any(String),
        ],
        [9, 18, '`enabled` must be true or false, without quotes, got text', expect.any(String)],
        [11, 16, '`flows` must be a folder inside the bundle, got text', expect.any(String)],
        [14, 13, '`teir` is not known here', 'did you mean `tier`?'],
      ]),
    );
    expect(problems).toHaveLength(4);
  });

  test('refuses one number in two places, and a team or tenant that is there twice', async () => {
    await put('bundle.yaml', `${BUNDLE}${BUNDLE.slice(BUNDLE.indexOf('  - id: acme'))}`);
    const { problems } = await errorOf(readBundle(dir));
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '19: tenant "acme" is there already, on line 5',
      '22: team "sales" is there already, on line 8',
      '27: phone_number_id 11 is there already, on line 13',
      '30: phone_number_id 22 is there already, on line 16',
    ]);
  });

  test.each<[string, string | undefined, number, string]>([
    ['are missing', undefined, 0o600, 'the secrets of this team are missing'],
    ['may be read by others', SECRETS, 0o644, 'others may read or change it (mode 644)'],
    ['may be changed by the group', SECRETS, 0o620, 'others may read or change it (mode 620)'],
    ['have an empty value', SECRETS.replace('"t11"', '""'), 0o600, '`access_tokens` must be'],
    ['have an empty app secret', SECRETS.replace('"a"', '["", "s3cret"]'), 0o600, '`app_secret` must be'],
    ['lack a token', SECRETS.replace('"22"', '"23"'), 0o600, '`access_tokens` has no token for number 22'],
    [
      'have a misspelt key',
      SECRETS.replace('verify_token', 'verify_tokn'),
      0o600,
      'did you mean `verify_token`?',
    ],
    ['are no JSON', '{"verify_token": "s3cret" "x', 0o600, 'not valid JSON or YAML here'],
  ])('names the file and key, never a value, when secrets %s', async (_, text, mode, message) => {
    await put('bundle.yaml', BUNDLE);
    if (text !== undefined) await put('secrets/acme/sales.json', text, mode);
    const error = await errorOf(readBundle(dir));
    expect(error.message).toContain(join(dir, 'secrets/acme/sales.json'));
    expect(error.message).toContain(message);
    expect(JSON.stringify([error.message, error.problems])).not.toMatch(/s3cret|t11|t22/);
  });

  test('reads secrets that the group may read, as Kubernetes mounts them', async () => {
    await put('bundle.yaml', BUNDLE);
    await put('secrets/acme/sales.json', SECRETS, 0o440);
    expect((await readBundle(dir)).tenants).toHaveLength(1);
  });
});

test.each([
  ['__proto__', 'constructor'],
  ['acme', '__proto__'],
  ['acme/sales', ''],
  ['', 'acme/sales'],
])('findTeam() finds nothing for %j and %j', async (tenant, team) => {
  await put('bundle.yaml', BUNDLE);
  await put('secrets/acme/sales.json', SECRETS);
  const bundle = await readBundle(dir);
  expect(findTeam(bundle, tenant, team)).toBeUndefined();
  expect(findNumber(bundle, '__proto__')).toBeUndefined();
});

test('readFlowFolders() names each folder once, without secrets', async () => {
  const again = BUNDLE.slice(BUNDLE.indexOf('      - id: sales'))
    .replace('sales', 'help')
    .replace('11', '33');
  await put('bundle.yaml', `${BUNDLE}${again.replace('"22"', '"44"')}`);
  expect(await readFlowFolders(dir)).toEqual({ strict: false, folders: [join(dir, 'sales/flows')] });
});
