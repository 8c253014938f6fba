import { expect, test } from '@jest/globals';
import { createReactionBook } from './reaction-book.ts';

test('createReactionBook() remembers the newest alone, however long it runs', () => {
  const book = createReactionBook(2);
  book.note('a', 'wamid.a');
  book.note('b', 'wamid.b');
  book.note('a', 'wamid.a2');
  book.note('c', 'wamid.c');
  expect(['a', 'b', 'c'].map((key) => book.find(key))).toEqual(['wamid.a2', undefined, 'wamid.c']);
});
