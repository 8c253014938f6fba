import { describe, expect, test } from '@jest/globals';
import { parseWebhook } from '../parse-webhook.ts';

function news(field: string, value: object) {
  const document = {
    object: 'whatsapp_business_account',
    entry: [{ id: '1', time: 1739321024, changes: [{ field, value }] }],
  };
  const parsed = parseWebhook(Buffer.from(JSON.stringify(document)), { receivedAtMs: 1_800_000_000_500 });
  const [found] = parsed.kind === 'items' ? parsed.items : [];
  if (found?.kind !== 'account') throw new Error('no account item');
  return found.news;
}

// As Meta's pages show them.
const TEMPLATE = {
  message_template_id: 806312974732579,
  message_template_name: 'welcome',
  message_template_language: 'en-US',
};
const named = { name: 'welcome', language: 'en_US' };

describe('parseWebhook() reads template_category_update', () => {
  const read = (members: object) => news('template_category_update', { ...TEMPLATE, ...members });

  test('a change at once', () => {
    expect(read({ previous_category: 'UTILITY', new_category: 'MARKETING' })).toEqual([
      { kind: 'template_category', ...named, category: 'MARKETING' },
    ]);
  });

  test('a change that is to come as the category of today', () => {
    const members = {
      new_category: 'UTILITY',
      correct_category: 'MARKETING',
      category_update_timestamp: 1746169200,
    };
    expect(read(members)).toEqual([{ kind: 'template_category', ...named, category: 'UTILITY' }]);
  });

  test.each([undefined, null, 7, 'utility', 'NEW_CATEGORY', '__proto__'])('%j as no news', (word) =>
    expect(read({ new_category: word })).toEqual([]),
  );
});

describe('parseWebhook() reads message_template_status_update', () => {
  test('the category with the state, and alone where the state changes nothing', () => {
    const value = { ...TEMPLATE, message_template_category: 'UTILITY', reason: null };
    const category = { kind: 'template_category', ...named, category: 'UTILITY' };
    const read = (event: string) => news('message_template_status_update', { ...value, event });
    expect(read('APPROVED')).toMatchObject([{ kind: 'template', ...named, state: 'approved' }, category]);
    expect(read('PENDING')).toEqual([category]);
  });
});

describe('parseWebhook() reads message_template_quality_update', () => {
  const scores = { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' };

  test.each(['message_template_quality_update', 'message_template_status_update'])('under %s', (field) => {
    expect(news(field, { ...TEMPLATE, ...scores })).toEqual([
      { kind: 'template_quality', ...named, quality: 'yellow' },
    ]);
  });

  test.each(['PURPLE', undefined, 7])('%j as no news', (word) => {
    const value = { ...TEMPLATE, ...scores, new_quality_score: word };
    expect(news('message_template_quality_update', value)).toEqual([]);
  });
});

describe('parseWebhook() reads message_template_components_update', () => {
  test('that the template says something else', () => {
    const value = { ...TEMPLATE, message_template_element: 'Hi {{1}}', message_template_buttons: [] };
    expect(news('message_template_components_update', value)).toEqual([
      { kind: 'template_changed', ...named },
    ]);
    expect(news('message_template_components_update', { message_template_name: 7 })).toEqual([]);
  });
});
