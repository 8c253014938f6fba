import type { Failure, Fault } from './cli-error.ts';
import type { Outcome } from './command.ts';
import type { Colors, Io } from './io.ts';

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
  for (const warning of warnings) io.stderr.write(`${colors.yellow(colors.bold('warning'))}: ${warning}\n`);
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
  if (!isListed) io.stderr.write(`${message}: ${count(faults.length, 'problem')}\n`);
}

export function renderFault(fault: Fault, colors: Colors): string {
  const place = [fault.file, fault.line, fault.col].filter((part) => part !== undefined).join(':');
  return [
    `${colors.red(colors.bold('error'))}: ${colors.bold(fault.message)}`,
    ...(place === '' ? [] : [`  ${colors.blue('-->')} ${place}`]),
    ...(fault.fix === undefined ? [] : [`   ${colors.blue('=')} help: ${fault.fix}`]),
    '',
  ].join('\n');
}

export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}

function print(io: Io, document: unknown): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
