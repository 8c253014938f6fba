import { FINDING_CODES, type Finding } from '@alur/flow';
import type { Fault } from './cli-error.ts';
import { printable } from './printable.ts';

// Annotations of GitHub Actions: one command a line.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

export function renderGithubFinding({
  code,
  severity,
  file,
  line,
  col,
  length,
  message,
  fix,
}: Finding): string {
  const title = `${code} ${FINDING_CODES[code].title}`;
  return command(severity, { file, line, col, endColumn: col + length - 1, title }, withFix(message, fix));
}

export function renderGithubFault({ message, fix, file, line, col }: Fault): string {
  return command('error', { file, line, col, title: 'bundle' }, withFix(message, fix));
}

function command(
  level: Finding['severity'],
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`],
  );
  return `::${level} ${given.join(',')}::${escapeData(message)}`;
}

function withFix(message: string, fix: string | undefined): string {
  return fix === undefined ? message : `${message}\nhelp: ${fix}`;
}

function escapeData(text: string): string {
  return printable(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
