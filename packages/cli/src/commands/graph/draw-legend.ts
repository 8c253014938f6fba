import { drawRect } from './draw-boxes.ts';
import { styleOf } from './draw-links.ts';
import { escapeXml, round } from './draw-text.ts';
import { textWidthPx, type Font } from './measure-text.ts';
import { coloursOf } from './palette.ts';
import type { Link, Picture } from './picture.ts';

const FONT: Font = { size: 12 };
const ROW = 22;
const SWATCH = 22;
const GAP = 18;

interface Item {
  words: string;
  /** Draws the sign at the left of the words. */
  sign: (x: number, y: number) => string;
}

const LINK_WORDS: Readonly<Record<Link['kind'], string>> = {
  trigger: 'a trigger starts a run',
  next: 'next',
  condition: 'if the condition holds',
  default: 'if none holds',
  error: 'if the node fails',
  timeout: 'if no answer comes',
  invalid: 'if the answer is not valid',
  call: 'runs another flow',
};

/** What colours and lines mean: only those that the picture has. */
export function drawLegend(
  picture: Picture,
  left: number,
  top: number,
  widthMax: number,
): { svg: string; height: number } {
  const parts: string[] = [];
  let [x, y] = [left, top];
  for (const { words, sign } of itemsOf(picture)) {
    const width = SWATCH + 7 + textWidthPx(words, FONT) + GAP;
    if (x > left && x + width > left + widthMax) [x, y] = [left, y + ROW];
    const text = `<text x="${round(x + SWATCH + 7)}" y="${round(y + 4)}" text-anchor="start" font-size="${FONT.size}" fill="#343a40">${escapeXml(words)}</text>`;
    parts.push(sign(x, y), text);
    x += width;
  }
  return { svg: `<g>${parts.join('')}</g>`, height: y - top + ROW };
}

function itemsOf({ groups, links }: Picture): Item[] {
  const vertices = groups.flatMap((group) => group.vertices);
  const types = [...new Set(vertices.flatMap(({ look, type }) => (look === 'node' ? type : [])))];
  const kinds = new Set(links.map(({ kind }) => kind));
  const boxes = types.map((type): Item => ({ words: type, sign: boxSign(type, '') }));
  const lines = Object.entries(LINK_WORDS).flatMap(([name, words]): Item[] => {
    const kind = [...kinds].find((each) => each === name);
    return kind ? [{ words, sign: lineSign(kind) }] : [];
  });
  return [
    ...boxes,
    ...lines,
    ...note(
      vertices.some(({ isDeadEnd }) => isDeadEnd),
      'the run may end here',
      ' stroke-width="3"',
    ),
    ...note(
      vertices.some(({ isUnreachable }) => isUnreachable),
      'nothing leads here',
      ' stroke-dasharray="5 4"',
    ),
    ...signNote(vertices.some(({ look }) => look === 'sign')),
  ];
}

function signNote(isThere: boolean): Item[] {
  const { line, fill } = coloursOf('sign');
  const sign: Item['sign'] = (x, y) =>
    `<rect ${drawRect({ x, y: y - 7, width: SWATCH, height: 14 })} rx="7" fill="${fill}" stroke="${line}"/>`;
  return isThere ? [{ words: '→ name: goes on at the box of that name', sign }] : [];
}

function note(isThere: boolean, words: string, look: string): Item[] {
  return isThere ? [{ words, sign: boxSign('', look) }] : [];
}

function boxSign(type: string, look: string): Item['sign'] {
  const { fill, line } = coloursOf(type);
  return (x, y) =>
    `<rect ${drawRect({ x, y: y - 7, width: SWATCH, height: 14 })} rx="4" fill="${fill}" stroke="${line}"${look}/>`;
}

function lineSign(kind: Link['kind']): Item['sign'] {
  const { colour, dash, width } = styleOf(kind);
  const dashed = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return (x, y) =>
    `<path d="M${round(x)} ${round(y)}h${SWATCH}" stroke="${colour}" stroke-width="${width}"${dashed} marker-end="url(#head-${kind})"/>`;
}
