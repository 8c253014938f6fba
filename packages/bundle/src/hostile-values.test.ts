import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HOSTILE, inEachPlace } from '../../../test/support/hostile.ts';
import { missingAnswers, parseAnswers } from './parse-answers.ts';
import { placeholderWarnings } from './placeholder-warnings.ts';
import { parseBundleFile } from './parse-bundle-file.ts';
import { BundleError } from './problem.ts';
import { readSecrets } from './secrets-file.ts';
import { readTemplatesFile } from './templates-file.ts';
import { parseYamlText } from './yaml-text.ts';

// A value that no schema wants, in every place of a good file: the file is taken, or refused with its problems.

const BUNDLE = {
  graph_errors: { 131026: { class: 'retry', retry_after: 60, advice: 'Wait.' } },
  on_unknown: { reply: 'park' },
  tenants: [
    {
      id: 'acme',
      opt_out: { stop_words: ['STOP'], start_words: ['GO'], confirmation: 'Done.' },
      teams: [
        {
          id: 'sales',
          enabled: true,
          public_base_url: 'https://a.b',
          portfolio_id: '77',
          business_account_id: '88',
          http: { allow: ['a.b'] },
          subscribers: [{ id: 'crm', url: 'https://c.d', events: ['order.*'] }],
          numbers: [{ phone_number_id: '11', api_version: 'v25.0', tier: '2', throughput: 80 }],
        },
      ],
    },
  ],
};
const ANSWERS = {
  'messaging-whatsapp': {
    enabled: true,
    public_base_url: 'https://a.b',
    phone_number_id: '11',
    access_token: 'EAA',
    verify_token: 'word',
    app_secret: 'secret',
    waba_id: '88',
    api_keys: ['a-key-of-at-least-24-characters'],
    flow_secrets: { shop: 'b' },
    subscribers: [{ id: 'crm', url: 'https://c.d', events: ['order.*'] }],
    subscriber_secrets: { crm: 'a-secret-of-at-least-24-characters' },
  },
};
const SECRETS = {
  app_secret: ['secret'],
  verify_token: 'word',
  api_keys: ['a-key-of-at-least-24-characters'],
  access_tokens: { 11: 'EAA' },
  flow_secrets: { shop: 'b' },
  subscriber_secrets: { crm: 'a-secret-of-at-least-24-characters' },
};
const TEMPLATES = {
  waba: '88',
  pulled_at: '2026-01-05T09:00:00.000Z',
  templates: [
    {
      id: '1',
      name: 'a',
      language: 'en',
      status: 'APPROVED',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hello', buttons: [{ type: 'URL' }] }],
    },
  ],
};
const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hostile-'));
  await mkdir(join(dir, 'templates'));
  await mkdir(join(dir, 'secrets/acme'), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true }));

describe.each([...HOSTILE, ['20,000 lists in each other', DEEP] as const])('%s', (_label, json) => {
  test('in any place of bundle.yaml', () => {
    for (const text of inEachPlace(BUNDLE, json))
      expect(parseBundleFile('bundle.yaml', text).kind).toMatch(/^(?:parsed|invalid)$/);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('in any place of the answers', () => {
    const place = { tenant: 'acme', team: 'sales', isGiven: false };
    const several = { 'messaging-whatsapp': { tenants: { acme: { teams: { sales: ANSWERS } } } } };
    for (const text of [...inEachPlace(ANSWERS, json), ...inEachPlace(several, json)]) {
      const given = { path: 'answers.json', text };
      missingAnswers(given, place);
      try {
        placeholderWarnings(parseAnswers(given, place).teams);
      } catch (error) {
        expect(error).toBeInstanceOf(BundleError);
      }
    }
  });

  test('in any place of secrets and templates', async () => {
    for (const text of inEachPlace(SECRETS, json)) {
      await writeFile(join(dir, 'secrets/acme/sales.json'), text);
      expect((await readSecrets(dir, 'acme', 'sales')).kind).toMatch(/^(?:secrets|invalid)$/);
    }
    for (const text of inEachPlace(TEMPLATES, json)) {
      await writeFile(join(dir, 'templates/88.json'), text);
      expect((await readTemplatesFile(dir, '88')).kind).toMatch(/^(?:read|invalid)$/);
    }
  });
});

// Without the guard these end the process.
describe('parseYamlText() refuses, at a place', () => {
  test.each([
    ['5,000 lists', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['5,000 maps', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['200,000 lists that are not closed', '['.repeat(200_000)],
    ['5,000 dashes', `${'- '.repeat(5_000)}a`],
    ['5,000 question marks', `${'? '.repeat(5_000)}a`],
    ['keys 600 deep', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('%s', (_label, text) => {
    const { problems, value } = parseYamlText('a.yaml', text);
    expect(problems).toMatchObject([
      { file: 'a.yaml', line: 1, col: 1, message: 'the text nests too deeply' },
    ]);
    expect(value).toBeUndefined();
  });
});
