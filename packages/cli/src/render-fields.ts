import type { Colors } from './io.ts';
import { printable } from './printable.ts';

/** A name with what is to say of it, a paragraph each. */
export type Field = readonly [name: string, ...paragraphs: string[]];

const WIDTH = 80;
const INDENT = '  ';

/** Names in one column, what is said of them in another, wrapped at 80 columns. */
export function renderFields(fields: readonly Field[], colors: Colors): string[] {
  const width = Math.max(...fields.map(([name]) => name.length)) + INDENT.length;
  const room = WIDTH - INDENT.length - width;
  return fields.flatMap(([name, ...paragraphs]) =>
    paragraphs
      .flatMap((text) => wrap(printable(text), room))
      .map((line, index) => INDENT + colors.dim((index === 0 ? name : '').padEnd(width)) + line),
  );
}

/** Breaks at spaces; a word that is longer than the room stays whole, so that it can be copied. */
function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
