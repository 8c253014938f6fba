import { TYPE_FONT, TYPE_SPACING, type Line } from './box-size.ts';

/** Text and attribute values of XML, without the control characters that XML refuses. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n]|[\ufffe\uffff]|\p{Cs}/gu, '\ufffd')
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Lines of words around a middle. */
export function drawLines(lines: readonly Line[], x: number, top: number, colour: string): string {
  return lines
    .map(({ text, font, y }) => {
      const weight = font.isBold === true ? ' font-weight="bold"' : '';
      const spacing = font === TYPE_FONT ? ` letter-spacing="${TYPE_SPACING}"` : '';
      const place = `x="${round(x)}" y="${round(top + y)}"`;
      return `<text ${place} font-size="${font.size}"${weight}${spacing} fill="${colour}">${escapeXml(text)}</text>`;
    })
    .join('');
}

/** A tenth of a pixel is fine enough, and keeps files small. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
