// Widths of Helvetica's letters in thousandths of the letter size, which Arial and Liberation Sans share. An SVG cannot
// ask for the width of a text, so this is what boxes are sized by.
const WIDTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    222: "ijl'",
    278: ' !,./:;I[\\]ft|',
    333: '()-`r"',
    389: '*',
    500: 'Jckvxsyz',
    556: '#$0123456789?L_abdeghnopqu',
    584: '+<=>~^',
    611: 'FTZ',
    667: '&ABEKPSVXY',
    722: 'CDHNRUw',
    778: 'GOQ',
    833: 'Mm',
    889: '%',
    944: 'W',
    1015: '@',
    334: '{}',
    1000: '…→',
  }).flatMap(([width, chars]) => Array.from(chars).map((char): [string, number] => [char, Number(width)])),
);

const OTHER = 600;
const WIDE = 1000;
const BOLD = 1.07;

export interface Font {
  /** Pixels. */
  size: number;
  isBold?: boolean;
}

/** Pixels that a line of text takes, within a few of a hundred. */
export function textWidthPx(text: string, { size, isBold = false }: Font): number {
  let thousandths = 0;
  for (const char of text)
    thousandths += WIDTHS.get(char) ?? (/[\p{L}\p{N}\p{P}]/u.test(char) && char < '\u1100' ? OTHER : WIDE);
  return (thousandths / 1000) * size * (isBold ? BOLD : 1);
}

/** The text, or as much of it as fits, with an ellipsis. */
export function fitText(text: string, widthPx: number, font: Font): string {
  if (textWidthPx(text, font) <= widthPx) return text;
  const chars = Array.from(text);
  while (chars.length > 0 && textWidthPx(`${chars.join('')}…`, font) > widthPx) chars.pop();
  return `${chars.join('').trimEnd()}…`;
}

/** The text in at most `linesMax` lines, broken at spaces where it has some; the last one is cut if need be. */
export function wrapText(text: string, widthPx: number, linesMax: number, font: Font): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '' && lines.length < linesMax - 1 && textWidthPx(rest, font) > widthPx) {
    const words = rest.split(' ');
    let take = Math.max(1, words.length - 1);
    while (take > 1 && textWidthPx(words.slice(0, take).join(' '), font) > widthPx) take -= 1;
    lines.push(fitText(words.slice(0, take).join(' '), widthPx, font));
    rest = words.slice(take).join(' ');
  }
  return [...lines, ...(rest === '' ? [] : [fitText(rest, widthPx, font)])];
}
