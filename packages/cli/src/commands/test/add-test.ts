import { InvalidArgumentError, type Command } from 'commander';
import { addExamples } from '../../add-examples.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { TestFlags } from './test.ts';

export function addTest(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('test');
  addExamples(
    command,
    ['alur test', 'the bundle here, or the folder flows'],
    ['alur test flows --filter drink', 'tests with this in their name'],
    ['alur test flows --update', 'take over what the flows say now'],
    ['alur test flows --min-coverage 90 --junit report.xml', 'for a build server'],
  );
  command
    .description('Run conversation tests (*.test.yaml) against the flows beside them.')
    .argument('[path...]', 'files of tests, folders, or bundles (default: the bundle here, or flows)')
    .option('--filter <text>', 'only tests with this in their name')
    .option('--coverage', 'list what the tests reach of the flows, and what they do not')
    .option('--min-coverage <percent>', 'fail when less of the flows is reached', percent)
    .option('--update', 'write into the files what the flows say now')
    .option('--junit <file>', 'write the result as JUnit XML, too')
    .action(async (paths: string[], given: TestFlags) => {
      const { test } = await import('./test.ts');
      onOutcome(await test(paths, given, context));
    });
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Use a number from 0 to 100.');
  return value;
}
