import { describe, expect, test } from '@jest/globals';
import { type Json } from '@alur/types';
import { anEvent, tap, textEvent } from '../testing/conversation.ts';
import { readAnswer, type Expectation } from './read-answer.ts';

describe('readAnswer()', () => {
  test.each<[Expectation, string, Json | undefined]>([
    ['text', ' hi ', ' hi '],
    ['text', '  ', undefined],
    ['number', '4', 4],
    ['number', ' -2,5 ', -2.5],
    ['number', '٤٢', 42],
    ['number', '４２', 42],
    ['number', '1.234,5', undefined],
    ['number', '4 guests', undefined],
    ['number', '1234567890123456', undefined],
    ['email', 'a.b@example.co.id', 'a.b@example.co.id'],
    ['email', 'a@b', undefined],
    ['email', 'a@b.id, c@d.id', undefined],
    ['phone', '+62 812-3456 (789)', '+628123456789'],
    ['phone', '123456', undefined],
    ['phone', '1234567890123456', undefined],
    ['date', '2026-12-31', '2026-12-31'],
    ['date', '1.2.2026', '2026-02-01'],
    ['date', '29/02/2024', '2024-02-29'],
    ['date', '29/02/2026', undefined],
    ['date', '29.02.1900', undefined],
    ['date', '31.04.2026', undefined],
    ['date', '2026-13-01', undefined],
    ['date', '0.1.2026', undefined],
    ['date', 'tomorrow', undefined],
    ['button', 'yes', undefined],
    ['media', 'a photo', undefined],
  ])('expects %s and gets "%s"', (kind, text, answer) => {
    expect(readAnswer(textEvent(text), kind)).toEqual(answer);
  });

  test('tells buttons and rows of a list apart', () => {
    const row = anEvent({ kind: 'interactive', source: 'list', id: 'b', title: 'B' });
    expect([readAnswer(tap('a'), 'button'), readAnswer(tap('a'), 'list')]).toEqual(['a', undefined]);
    expect([readAnswer(row, 'list'), readAnswer(row, 'button')]).toEqual(['b', undefined]);
  });

  test('keeps the parts of a place or medium under the names of the language', () => {
    const place = anEvent({ kind: 'location', location: { latitude: 1, longitude: 2 } });
    const photo = anEvent({ kind: 'media', media: { type: 'image', id: '7', mimeType: 'image/png' } });
    expect(readAnswer(place, 'location')).toEqual({ latitude: 1, longitude: 2 });
    expect(readAnswer(photo, 'media')).toEqual({ type: 'image', id: '7', mime_type: 'image/png' });
  });

  test('takes any message where nothing is expected, and never a reaction', () => {
    expect([readAnswer(tap('a', 'A'), undefined), readAnswer(textEvent('hi'), undefined)]).toEqual([
      'A',
      'hi',
    ]);
    expect(readAnswer(anEvent({ kind: 'reaction', reaction: { wamid: 'x' } }), undefined)).toBeUndefined();
  });
});
