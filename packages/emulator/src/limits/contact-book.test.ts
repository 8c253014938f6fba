import { describe, expect, test } from '@jest/globals';
import { createContactBook } from './contact-book.ts';

const [PHONE, USER] = ['15550100001', 'US.1'];

describe('createContactBook()', () => {
  test.each([
    ['phone first', PHONE],
    ['user id first', USER],
  ])('%s: the contact keeps the name under which it was counted', (_label, first) => {
    const book = createContactBook();
    expect(book.resolve(first)).toBe(first);
    expect(book.resolve({ waId: PHONE, userId: USER })).toBe(first);
    expect(book.resolve(PHONE)).toBe(first);
    expect(book.resolve({ userId: USER })).toBe(first);
  });

  test('two contacts that turn out to be one are one from then on', () => {
    const book = createContactBook();
    expect([book.resolve(PHONE), book.resolve(USER)]).toEqual([PHONE, USER]);
    book.resolve({ waId: PHONE, userId: USER });
    expect([book.resolve(PHONE), book.resolve(USER)]).toEqual([PHONE, PHONE]);
  });

  test('knows when a contact last wrote to a number, whatever order the messages come in', () => {
    const book = createContactBook();
    expect(book.lastWroteMs('1', PHONE)).toBe(-Infinity);
    book.wrote('1', PHONE, 2_000);
    book.wrote('1', PHONE, 1_000);
    expect(book.lastWroteMs('1', PHONE)).toBe(2_000);
    expect(book.lastWroteMs('2', PHONE)).toBe(-Infinity);
  });

  test('knows who stopped marketing of which number', () => {
    const book = createContactBook();
    book.setMarketing('1', PHONE, 'stop');
    expect([book.hasStopped('1', PHONE), book.hasStopped('2', PHONE)]).toEqual([true, false]);
    book.setMarketing('1', PHONE, 'resume');
    expect(book.hasStopped('1', PHONE)).toBe(false);
  });
});
