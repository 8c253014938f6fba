import type { Argument, Command, Option } from 'commander';
import { examplesOf } from '../add-examples.ts';

/** Every command with its arguments and options, as docs/cli.md has it. */
export function renderReference(program: Command): string {
  return commandsUnder(program, 'alur')
    .map(({ command, name }) => renderCommand(command, name))
    .join('\n');
}

interface Named {
  command: Command;
  name: string;
}

/** A command that only holds others stands before them. */
function commandsUnder(parent: Command, path: string): Named[] {
  return parent.commands.flatMap((command) => {
    const name = `${path} ${command.name()}`;
    return [{ command, name }, ...commandsUnder(command, name)];
  });
}

function renderCommand(command: Command, name: string): string {
  const examples = examplesOf(command);
  const width = Math.max(0, ...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => (does === '' ? line : `${line.padEnd(width)}   # ${does}`));
  const rows = [...command.registeredArguments.map(renderArgument), ...command.options.map(renderOption)];
  return [
    `## ${name}`,
    '',
    command.description(),
    '',
    ...(lines.length > 0 ? ['```sh', ...lines, '```', ''] : []),
    ...(rows.length > 0 ? [...rows, ''] : []),
  ].join('\n');
}

function renderArgument(argument: Argument): string {
  const dots = argument.variadic ? '…' : '';
  const name = argument.required ? `<${argument.name()}${dots}>` : `[${argument.name()}${dots}]`;
  return `- \`${name}\`: ${argument.description}`;
}

function renderOption({ flags, description, argChoices, defaultValue, mandatory, negate }: Option): string {
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices ? [`one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`] : []),
    ...(typeof defaultValue === 'string' && !negate ? [`\`${defaultValue}\` if not given`] : []),
  ];
  return `- \`${flags}\`: ${description}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}
