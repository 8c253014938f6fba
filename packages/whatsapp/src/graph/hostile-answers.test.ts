import { describe, expect, test } from '@jest/globals';
import { HOSTILE, inEachPlace, UNMEASURABLE } from '../../../../test/support/hostile.ts';
import { judgeCall } from './graph-answer.ts';
import { readUsage } from './graph-usage.ts';
import { judgeExchange } from './send-outcome.ts';
import { pullTemplates } from '../templates/pull-templates.ts';

// What Graph, or whoever stands in its place, may answer: no value of it may be more than a bad answer.

const answer = (body: string, status = 200) => ({
  kind: 'answer' as const,
  status,
  headers: {},
  body: Buffer.from(body),
});
const ACCEPTED = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '1', wa_id: '16505551234', user_id: 'US.1' }],
  messages: [{ id: 'wamid.1', message_status: 'accepted' }],
};
const REFUSED = {
  error: { code: 131026, message: 'a', error_subcode: 1, is_transient: false, error_data: { details: 'b' } },
};
const BUSINESS_USAGE = {
  '1': [
    { type: 'whatsapp', call_count: 1, total_cputime: 1, total_time: 1, estimated_time_to_regain_access: 0 },
  ],
};
const TEMPLATE = {
  id: '1',
  name: 'a',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [
    { type: 'BODY', text: 'Hi {{1}}', buttons: [{ type: 'URL' }], example: { body_text: [['a']] } },
  ],
};
const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

describe.each([...HOSTILE, ['20,000 lists in each other', DEEP] as const])('%s', (_label, json) => {
  test('in any place of an answer to a send: an outcome, and a neighbour that counts', () => {
    for (const text of inEachPlace(ACCEPTED, json))
      expect(judgeExchange(answer(text), 1).kind).toMatch(/sent|unknown/);
    for (const text of inEachPlace(REFUSED, json)) {
      expect(judgeExchange(answer(text, 400), 1).kind).toMatch(/not_sent|unknown/);
      expect(judgeCall(answer(text, 400), 1).kind).toMatch(/refused|failed/);
    }
  });

  test('in any place of the quota headers', () => {
    for (const text of inEachPlace(BUSINESS_USAGE, json))
      expect(() => readUsage({ 'x-business-use-case-usage': text, 'x-app-usage': text })).not.toThrow();
  });

  test('in any place of a template: that one is left out, or kept, and its neighbour is there', async () => {
    for (const text of inEachPlace(TEMPLATE, json)) {
      const body = `{"data":[${text},${JSON.stringify({ ...TEMPLATE, name: 'b' })}]}`;
      const graph = { call: () => Promise.resolve(judgeCall(answer(body), 1)) };
      const outcome = await pullTemplates(graph, { waba: '1', token: 't', apiVersion: 'v25.0' });
      if (json === DEEP) {
        expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_answer' });
        continue;
      }
      if (outcome.kind !== 'pulled') throw new Error(outcome.kind);
      expect(outcome.templates.map(({ name }) => name)).toContain('b');
      expect(outcome.templates.length + outcome.leftOut.length).toBe(2);
    }
  });
});

test('judgeExchange() takes an acceptance whose contact cannot be measured', () => {
  const body = `{"messages":[{"id":"wamid.1"}],"contacts":[{"wa_id":${UNMEASURABLE}}]}`;
  expect(judgeExchange(answer(body), 1)).toMatchObject({ kind: 'sent', wamid: 'wamid.1' });
});

test('judgeExchange() takes an id that cannot be measured for a bad answer', () => {
  expect(judgeExchange(answer(`{"messages":[{"id":${UNMEASURABLE}}]}`), 1)).toMatchObject({
    kind: 'unknown',
    reason: 'bad_answer',
  });
});
