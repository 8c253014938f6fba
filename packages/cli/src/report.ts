import type { Failure, Fault } from './cli-error.ts';
import type { Outcome } from './command.ts';
import type { Colors, Io } from './io.ts';
import { printable } from './printable.ts';

export interface ReportOptions {
  io: Io;
  colors: Colors;
  isJson: boolean;
  command: string;
}

/** Prints what a command came to: the result to stdout, warnings to stderr; or all of it as one JSON document. */
export function reportOutcome(outcome: Outcome, { io, colors, isJson, command }: ReportOptions): void {
  const { data, warnings = [], error } = outcome;
  if (isJson) {
    print(io, { ok: error === undefined, command, data, warnings, error: error ?? null });
    return;
  }
  io.stdout.write(outcome.text);
  const head = colors.yellow(colors.bold('warning'));
  for (const warning of warnings) io.stderr.write(`${head}: ${printableLines(warning)}\n`);
}

/** Prints why a command could not do its work, every fault with its place and fix. */
export function reportFailure(failure: Failure, { io, colors, isJson, command }: ReportOptions): void {
  const { code, message, faults } = failure;
  if (isJson) {
    print(io, { ok: false, command, data: null, warnings: [], error: { code, message, problems: faults } });
    return;
  }
  for (const fault of faults) io.stderr.write(`${renderFault(fault, colors)}\n`);
  const isListed = faults.length === 1 && faults[0]?.message === message;
  if (!isListed) io.stderr.write(`${printableLines(message)}: ${count(faults.length, 'problem')}\n`);
}

export function renderFault(fault: Fault, colors: Colors): string {
  const place = [fault.file, fault.line, fault.col].filter((part) => part !== undefined).join(':');
  return [
    `${colors.red(colors.bold('error'))}: ${colors.bold(printableLines(fault.message))}`,
    ...(place === '' ? [] : [`  ${colors.blue('-->')} ${printable(place)}`]),
    ...(fault.fix === undefined ? [] : [`   ${colors.blue('=')} help: ${printableLines(fault.fix)}`]),
    '',
  ].join('\n');
}

/** What is told can name what stands in a file or came from Meta. */
function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}

function print(io: Io, document: unknown): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
