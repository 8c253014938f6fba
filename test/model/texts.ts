/** Contents by number, each once, and how they look. */
export interface Texts<V> {
  number(text: string): number;
  text(number: number): string;
  view(number: number): V;
  size(): number;
}

export function createTexts<V>(viewOf: (text: string) => V): Texts<V> {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const views = new Map<number, V>();
  const text = (number: number) => {
    const found = texts[number];
    if (found === undefined) throw new Error(`no contents ${number}`);
    return found;
  };
  return {
    number: (contents) => {
      const known = numbers.get(contents) ?? texts.push(contents) - 1;
      numbers.set(contents, known);
      return known;
    },
    text,
    view: (number) => {
      const view = views.get(number) ?? viewOf(text(number));
      views.set(number, view);
      return view;
    },
    size: () => texts.length,
  };
}
