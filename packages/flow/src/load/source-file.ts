import { type Finding, type FlowSource } from '../finding.ts';
import { FINDING_CODES, type FindingCode } from '../finding-codes.ts';

/** Characters from the start of the file. */
export interface Place {
  start: number;
  end: number;
}

interface Report {
  code: FindingCode;
  place: Place;
  message: string;
  fix?: string | undefined;
}

/** A file that is being checked: collects its findings with their lines. */
export interface SourceFile extends FlowSource {
  report: (report: Report) => void;
  findings: readonly Finding[];
}

export function openSource({ path, text }: FlowSource): SourceFile {
  const starts = lineStarts(text);
  const findings: Finding[] = [];
  const report = ({ code, place, message, fix }: Report) => {
    const row = rowOf(starts, place.start);
    const lineStart = starts[row] ?? 0;
    const lineText = text.slice(lineStart, starts[row + 1] ?? text.length).replace(/\r?\n$/, '');
    const col = Math.max(0, Math.min(place.start - lineStart, lineText.length));
    const length = Math.max(1, Math.min(place.end - place.start, lineText.length - col));
    const { severity } = FINDING_CODES[code];
    const where = { file: path, line: row + 1, col: col + 1, length, lineText };
    findings.push({ code, severity, ...where, message, ...(fix !== undefined && { fix }) });
  };
  return { path, text, report, findings };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function rowOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
