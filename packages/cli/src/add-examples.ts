import type { Command } from 'commander';

/** What most people want of a command, as a line to type and what it does. */
export type Example = readonly [line: string, does: string];

const EXAMPLES = new WeakMap<Command, readonly Example[]>();

/** Puts examples above everything else that `--help` says: most readers look for a line to copy. */
export function addExamples(command: Command, ...examples: Example[]): void {
  EXAMPLES.set(command, examples);
  command.addHelpText('before', `${textOf(examples)}\n`);
}

/** The same for a command that only holds others: there the list of these goes first. */
export function addGroupExamples(command: Command, ...examples: Example[]): void {
  EXAMPLES.set(command, examples);
  command.addHelpText('after', `\n${textOf(examples)}`);
}

/** The examples of a command, for the reference. */
export function examplesOf(command: Command): readonly Example[] {
  return EXAMPLES.get(command) ?? [];
}

function textOf(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => `  ${does === '' ? line : `${line.padEnd(width)}   ${does}`}`);
  return ['Examples:', ...lines].join('\n');
}
