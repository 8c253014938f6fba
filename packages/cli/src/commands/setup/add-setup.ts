import { Option, type Command } from 'commander';
import { addExamples } from '../../add-examples.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { SetupFlags } from './setup-arguments.ts';

/** `alur setup`: a bundle from answers. */
export function addSetup(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('setup');
  addExamples(
    command,
    ['alur setup --answers answers.json my-bundle', ''],
    ['alur setup my-bundle', 'asks for the answers'],
    ['alur setup --answers answers.json my-bundle --dry-run', 'only check'],
    ['alur setup --answers shop.json my-bundle --team shop', 'one more team'],
    ['alur setup my-bundle --emit-answers answers.yaml', 'a file to fill in'],
  );
  command
    .description('Make a bundle from answers, or put teams or a number into one.')
    .argument('<dir>', 'folder of the bundle')
    .option('--answers <file>', 'answers in JSON or YAML; - reads standard input; else they are asked for')
    .option('--tenant <name>', 'tenant to set up; default if left out')
    .option('--team <name>', 'team to set up; default if left out')
    .option('--dry-run', 'check everything, show what would change, and write nothing', false)
    .addOption(
      new Option(
        '--emit-answers <file>',
        'set up nothing, but write a file of answers to fill in, or - to print it; JSON if its name ends in .json',
      ).conflicts('answers'),
    )
    .option('--advanced', 'with --emit-answers: the optional keys, too', false)
    .option('--non-interactive', 'ask nothing: what is missing is an error', false)
    .option('--no-input', 'the same as --non-interactive')
    .action(async (dir: string, given: SetupFlags) => {
      const { setup } = await import('./setup.ts');
      onOutcome(await setup({ ...given, dir }, context));
    });
}
