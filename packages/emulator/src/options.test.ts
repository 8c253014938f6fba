import { describe, expect, test } from '@jest/globals';
import { EmulatorOptions } from './options.ts';
import { NUMBER } from './testing/lab.ts';

const options = (more: object) =>
  EmulatorOptions.safeParse({ webhookBaseUrl: 'http://a', numbers: [NUMBER], ...more });
const template = (more: object = {}) => ({
  id: '7',
  name: 'hello',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hi' }],
  ...more,
});
const twin = { ...NUMBER, id: '2', portfolio: 'p' };

describe('EmulatorOptions', () => {
  test('enforces nothing and batches what waits, when nothing is said', () => {
    expect(options({}).data).toMatchObject({
      enforce: { throughput: false, pair: false, tier: false, window: false, optOut: false },
      throttleHttp: 400,
      statusBatch: { max: 100, waitMs: 0 },
      numbers: [{ throughput: 80, tierCounts: 'business_initiated' }],
    });
  });

  test.each([
    [
      'failed statuses where there are none',
      { statusDelayMs: null, enforce: { tier: 'status' } },
      'needs statuses',
    ],
    [
      'a portfolio with two limits',
      {
        numbers: [
          { ...twin, tierLimit: 5 },
          { ...twin, id: '3', tierLimit: 6 },
        ],
      },
      'the same tierLimit: 2 has another',
    ],
    [
      'a portfolio that counts in two ways',
      { numbers: [twin, { ...twin, id: '3', tierCounts: 'all' }] },
      'the same tierCounts: 2 has another',
    ],
    ['more receipts in a webhook than Meta sends', { statusBatch: { max: 1_001 } }, 'statusBatch'],
    ['another status for throttles', { throttleHttp: 503 }, 'throttleHttp'],
    ['a way to enforce that there is not', { enforce: { tier: 'both' } }, 'enforce'],
    ['a limit that there is not', { enforce: { volume: 'api' } }, 'volume'],
    ['two numbers of one id', { numbers: [NUMBER, { ...NUMBER, wabaId: '9' }] }, 'two numbers have the id'],
    [
      'two templates of one id',
      { templateDefinitions: { '1': [template(), template({ name: 'other' })] } },
      'two templates have the id 7',
    ],
    [
      'two templates of one id in two WABAs',
      { templateDefinitions: { '1': [template()], '2': [template()] } },
      'two templates have the id 7',
    ],
    [
      'a template twice in one language',
      { templateDefinitions: { '1': [template(), template({ id: '8' })] } },
      'hello (en) is defined twice',
    ],
  ])('refuses %s', (_label, more, text) => {
    expect(options(more).error?.message).toContain(text);
  });

  test('takes a template in two languages, and the same name in two WABAs', () => {
    const templateDefinitions = {
      '1': [template(), template({ id: '8', language: 'id' })],
      '2': [template({ id: '9' })],
    };
    expect(options({ templateDefinitions }).success).toBe(true);
  });

  test('takes numbers of one portfolio that agree, and others beside them', () => {
    const numbers = [twin, { ...twin, id: '3' }, { ...NUMBER, id: '4', tierLimit: 7 }];
    expect(options({ numbers }).success).toBe(true);
  });
});
