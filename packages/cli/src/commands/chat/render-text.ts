import type { Colors } from '../../io.ts';
import { printable } from '../../printable.ts';

// WhatsApp's marks stand at the edges of words: 2*3*4 is no bold 3.
const MARKS: readonly { pattern: RegExp; paint: 'bold' | 'italic' | 'strikethrough' | 'inverse' }[] = [
  { pattern: /(?<![\p{L}\p{N}*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\p{L}\p{N}*])/gu, paint: 'bold' },
  { pattern: /(?<![\p{L}\p{N}_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\p{L}\p{N}_])/gu, paint: 'italic' },
  { pattern: /(?<![\p{L}\p{N}~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\p{L}\p{N}~])/gu, paint: 'strikethrough' },
  { pattern: /```([^`]+)```|`([^`\n]+)`/g, paint: 'inverse' },
];

/** A message's text as a terminal shows it: with WhatsApp's bold, italic, struck and fixed-width parts, line by line. */
export function renderText(text: string, colors: Colors): string[] {
  const lines = text.split('\n').map(printable);
  // Without colours the marks themselves say what they mean.
  if (!colors.isColorSupported) return lines;
  return lines.map((line) =>
    MARKS.reduce(
      (painted, { pattern, paint }) =>
        painted.replace(pattern, (_, a?: string, b?: string) => colors[paint](a ?? b ?? '')),
      line,
    ),
  );
}
