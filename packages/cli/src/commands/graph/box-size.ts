import { fitText, textWidthPx, wrapText, type Font } from './measure-text.ts';
import type { Link, Vertex } from './picture.ts';

/** One line of words in a box or at a link. */
export interface Line {
  text: string;
  font: Font;
  /** Of the base line, from the top of the box. */
  y: number;
}

export interface Box {
  width: number;
  height: number;
  lines: Line[];
}

export const TYPE_FONT: Font = { size: 10 };
/** Pixels between the letters of a type. */
export const TYPE_SPACING = 0.8;
const ID_FONT: Font = { size: 13, isBold: true };
const TITLE_FONT: Font = { size: 12 };
const LABEL_FONT: Font = { size: 11 };

const TEXT_MAX = 190;
const PADDING = 14;
const LABEL_MAX = 150;
const LABEL_LINE = 14;

export function sizeVertex({ look, type, id, title }: Vertex): Box {
  if (look === 'trigger') return sizeTrigger(id);
  if (look === 'sign') return sizeSign(id);
  const words = look === 'missing' ? 'not found' : title;
  const lines: Line[] = [
    ...(look === 'node' ? [{ text: type.toUpperCase(), font: TYPE_FONT, y: 17 }] : []),
    { text: fitText(id, TEXT_MAX, ID_FONT), font: ID_FONT, y: look === 'node' ? 34 : 21 },
  ];
  const last = lines.at(-1)?.y ?? 0;
  for (const [index, text] of wrapText(words, TEXT_MAX, 2, TITLE_FONT).entries()) {
    lines.push({ text, font: TITLE_FONT, y: last + 17 + 15 * index });
  }
  return { width: widthOf(lines), height: (lines.at(-1)?.y ?? 0) + 12, lines };
}

function sizeTrigger(label: string): Box {
  const texts = wrapText(label, TEXT_MAX, 2, TITLE_FONT);
  const lines = texts.map((text, index) => ({ text, font: TITLE_FONT, y: 19 + index * 15 }));
  return { width: widthOf(lines) + PADDING, height: 15 + 15 * lines.length, lines };
}

function sizeSign(name: string): Box {
  const text = fitText(name, TEXT_MAX, TITLE_FONT);
  return {
    width: Math.ceil(textWidthPx(text, TITLE_FONT)) + 20,
    height: 24,
    lines: [{ text, font: TITLE_FONT, y: 16 }],
  };
}

function widthOf(lines: readonly Line[]): number {
  const widths = lines.map(({ text, font }) => {
    return textWidthPx(text, font) + (font === TYPE_FONT ? text.length * TYPE_SPACING : 0);
  });
  return Math.ceil(Math.max(80, ...widths) + 2 * PADDING);
}

/** The box behind the words of a link; without size where it has none. */
export function sizeLabel({ label }: Link): Box {
  if (label === '') return { width: 0, height: 0, lines: [] };
  const texts = wrapText(label, LABEL_MAX, 2, LABEL_FONT);
  const lines = texts.map((text, index) => ({ text, font: LABEL_FONT, y: 12 + index * LABEL_LINE }));
  const width = Math.max(...texts.map((text) => textWidthPx(text, LABEL_FONT)));
  return { width: Math.ceil(width) + 10, height: 4 + LABEL_LINE * lines.length, lines };
}
