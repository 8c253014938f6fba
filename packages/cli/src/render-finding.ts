import type { Finding } from '@alur/flow';
import type { Colors } from './io.ts';
import { printable } from './printable.ts';

const SHOWN_LINE_MAX = 160;
const SHOWN_BEFORE_MAX = 80;

/** A finding as compilers show it: what, where, the line with a caret under the place, and the fix. */
export function renderFinding(finding: Finding, colors: Colors): string {
  const { severity, code, file, line, col, message, fix } = finding;
  const paint = severity === 'error' ? colors.red : colors.yellow;
  const bar = colors.blue('|');
  const gutter = ' '.repeat(String(line).length);
  const shown = shownLine(finding);
  return [
    `${paint(colors.bold(`${severity}[${code}]`))}: ${colors.bold(printable(message))}`,
    `${gutter}${colors.blue('-->')} ${printable(file)}:${line}:${col}`,
    `${gutter} ${bar}`,
    `${colors.blue(String(line))} ${bar} ${shown.text}`,
    `${gutter} ${bar} ${shown.indent}${paint(shown.carets)}`,
    ...(fix === undefined ? [] : [`${gutter} ${colors.blue('=')} help: ${printable(fix)}`]),
    '',
  ].join('\n');
}

/** The part of a line around the finding. Tabs stay tabs in both rows, so that the caret stands where it should. */
function shownLine({ lineText, col, length }: Finding): { text: string; indent: string; carets: string } {
  const start = lineText.length <= SHOWN_LINE_MAX ? 0 : Math.max(0, col - 1 - SHOWN_BEFORE_MAX);
  const text = lineText.slice(start, start + SHOWN_LINE_MAX);
  const before = text.slice(0, col - 1 - start);
  const room = Math.max(1, text.length - before.length);
  return {
    text: printable(text),
    indent: before.replace(/[^\t]/g, ' '),
    carets: '^'.repeat(Math.min(Math.max(1, length), room)),
  };
}
