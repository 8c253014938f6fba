import { afterTime } from './contents.ts';
import { viewOf, type View } from './view.ts';

/** Contents by number, each once, and how they look. */
export interface Book {
  number(text: string): number;
  text(number: number): string;
  view(number: number): View;
  /** The same contents `ms` later. */
  later(number: number, ms: number): number;
  size(): number;
}

export function createBook(): Book {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const views = new Map<number, View>();
  const times = new Map<string, number>();
  const text = (number: number) => {
    const found = texts[number];
    if (found === undefined) throw new Error(`no contents ${number}`);
    return found;
  };
  const numberOf = (contents: string) => {
    const known = numbers.get(contents) ?? texts.push(contents) - 1;
    numbers.set(contents, known);
    return known;
  };
  return {
    number: numberOf,
    text,
    view: (number) => {
      const view = views.get(number) ?? viewOf(text(number));
      views.set(number, view);
      return view;
    },
    later: (number, ms) => {
      const key = `${number} ${ms}`;
      const known = times.get(key) ?? numberOf(afterTime(text(number), ms));
      times.set(key, known);
      return known;
    },
    size: () => texts.length,
  };
}
