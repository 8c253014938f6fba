import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { figure } from '../../../../test/support/figure.ts';
import { valueAt } from '../load/rules/raw-values.ts';
import { createJsonPlaces } from './json-places.ts';
import { lintTemplates } from './lint-templates.ts';

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]));
  return [path, ...inside];
}

describe('createJsonPlaces()', () => {
  test('finds every part of any JSON, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const text = ` ${JSON.stringify(value, null, indent)}\n`;
        const parsed: unknown = JSON.parse(text);
        const placeOf = createJsonPlaces(text);
        for (const path of pathsOf(parsed)) {
          const { start, end } = placeOf(path);
          expect(JSON.parse(text.slice(start, end))).toEqual(valueAt(parsed, path));
        }
      }),
    );
  });

  test('names the nearest thing around what is not there', () => {
    const text = '{"a": {"b": [1, 2]}, "c": 3}';
    const placeOf = createJsonPlaces(text);
    const shown = (path: Path) => text.slice(placeOf(path).start, placeOf(path).end);
    expect(shown(['a', 'x'])).toBe('{"b": [1, 2]}');
    expect(shown(['a', 'b', 7])).toBe('[1, 2]');
    expect(shown(['c', 'd'])).toBe('3');
    expect(shown(['a', 0])).toBe('{"b": [1, 2]}');
  });
});

describe('lintTemplates()', () => {
  test('takes a file of thousands of templates, each with something to say', () => {
    const one = { id: '1', language: 'en', status: 'APPROVED', category: 'UTILITY' };
    const components = [{ type: 'BODY', text: `{{1}} ${'x'.repeat(900)}` }];
    const templates = Array.from({ length: 6_000 }, (_, index) => ({
      name: `t_${index}`,
      ...one,
      components,
    }));
    const text = JSON.stringify({ waba: '1', pulled_at: '2026-01-05T09:00:00.000Z', templates }, null, 2);
    const startedAt = performance.now();
    expect(lintTemplates({ path: 'templates/1.json', text })).toHaveLength(1_000);
    const ms = performance.now() - startedAt;
    figure(`6,000 templates, ${(text.length / 1e6).toFixed(1)} MB, 1,000 findings: ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(5_000);
  });

  test.each([
    ['header', { type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) }, 'text'],
    ['header', { type: 'HEADER', format: 'TEXT', text: 'Hi {{1}} {{2}}!' }, 'text'],
    ['body', { type: 'BODY', text: 'x'.repeat(1_025) }, 'text'],
    ['body', { type: 'BODY', text: 'Hi {{1}}' }, 'text'],
    ['body', { type: 'BODY', text: 'Hi {{1}} {{2}}, bye.' }, 'text'],
    ['footer', { type: 'FOOTER', text: 'x'.repeat(61) }, 'text'],
    ['many buttons', buttons(times(11, { type: 'QUICK_REPLY', text: 'a' })), 'buttons'],
    ['three addresses', buttons(times(3, { type: 'URL', text: 'a', url: 'https://a.example' })), 'buttons'],
    ['two phones', buttons(times(2, { type: 'PHONE_NUMBER', text: 'a', phone_number: '+1' })), 'buttons'],
    ['a label', buttons([{ type: 'QUICK_REPLY', text: 'x'.repeat(26) }]), 'buttons.0.text'],
    [
      'a phone',
      buttons([{ type: 'PHONE_NUMBER', text: 'a', phone_number: '+'.repeat(21) }]),
      'buttons.0.phone_number',
    ],
    ['order', buttons(['QUICK_REPLY', 'URL', 'QUICK_REPLY'].map((type) => ({ type, text: 'a' }))), 'buttons'],
    ['one card', { type: 'CAROUSEL', cards: [{ components: [] }] }, 'cards'],
    ['a card', { type: 'CAROUSEL', cards: times(2, card('x'.repeat(161))) }, 'cards.0.components.0.text'],
    ['nothing', buttons([{ type: 'URL', text: 'a', url: 'https://a.example' }]), undefined],
  ])('finds %s over its limit', (_, component, at) => {
    const template = { id: '1', name: 'a', language: 'en', status: 'APPROVED', category: 'UTILITY' };
    const text = JSON.stringify({ templates: [{ ...template, components: [component] }] });
    const [first] = lintTemplates({ path: 'a.json', text });
    expect(first?.code).toBe(at === undefined ? undefined : 'W302');
    if (at === undefined || !first) return;
    const { start } = createJsonPlaces(text)(['templates', 0, 'components', 0, ...keysOf(at)]);
    expect(first.col).toBe(start + 1);
  });

  test.each(['', '{', '[]', '{"templates": 7}', '{"templates": [7, {"name": 1}]}'])(
    'passes over %j',
    (text) => {
      expect(lintTemplates({ path: 'a.json', text })).toEqual([]);
    },
  );
});

function times(count: number, each: object): object[] {
  return Array.from({ length: count }, () => each);
}

function buttons(list: readonly object[]): object {
  return { type: 'BUTTONS', buttons: list };
}

function card(text: string): object {
  return { components: [{ type: 'BODY', text }] };
}

function keysOf(path: string): Path {
  return path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}
