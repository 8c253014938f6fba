import { afterTime } from './contents.ts';
import { createTexts, type Texts } from './texts.ts';
import { viewOf, type View } from './view.ts';

/** Contents of the model that sends. */
export interface Book extends Texts<View> {
  /** The same contents `ms` later. */
  later(number: number, ms: number): number;
}

export function createBook(): Book {
  const texts = createTexts(viewOf);
  const times = new Map<string, number>();
  return {
    ...texts,
    later: (number, ms) => {
      const key = `${number} ${ms}`;
      const known = times.get(key) ?? texts.number(afterTime(texts.text(number), ms));
      times.set(key, known);
      return known;
    },
  };
}
