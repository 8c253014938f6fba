import { Command } from 'commander';
import { addEmulator } from './commands/add-emulator.ts';
import { addDead } from './commands/dead/add-dead.ts';
import { addNumbers } from './commands/numbers/add-numbers.ts';
import type { ProgramOptions } from './program-options.ts';

const EXIT_CODES = `
Exit codes: 0 done, 1 bug, 2 usage, 3 invalid input, 4 not found, 5 environment not ready, 7 refused.`;

/** The command line: every command, its options, and where its work is. A command is loaded when it runs. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command('alur')
    .description('WhatsApp conversations written as flows.')
    .option('--json', 'print exactly one JSON document')
    .option('--no-color', 'print without colours')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: options.write, writeErr: options.write })
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(see `alur --help`)');
  addSetup(program, options);
  addValidate(program, options);
  addDead(program, options);
  addNumbers(program, options);
  addEmulator(program, options);
  addDemoBundle(program, options);
  addVersion(program, options);
  return program;
}

function addSetup(program: Command, { context, onOutcome }: ProgramOptions): void {
  program
    .command('setup')
    .description('Make a bundle from answers, or put a team or number into one.')
    .argument('<dir>', 'folder of the bundle')
    .requiredOption('--answers <file>', 'answers in JSON or YAML; - reads standard input')
    .option('--tenant <name>', 'tenant to set up', 'default')
    .option('--team <name>', 'team to set up', 'default')
    .option('--dry-run', 'check everything and write nothing', false)
    .action(async (dir: string, given: SetupFlags) => {
      const { setup } = await import('./commands/setup.ts');
      onOutcome(await setup({ ...given, dir }, context));
    });
}

interface SetupFlags {
  answers: string;
  tenant: string;
  team: string;
  dryRun: boolean;
}

function addValidate(program: Command, { context, onOutcome }: ProgramOptions): void {
  program
    .command('validate')
    .description('Check flows: every fault of every file, with its place and its fix.')
    .argument('<path...>', 'flow files, folders of flows, or bundles')
    .action(async (paths: string[]) => {
      const { validate } = await import('./commands/validate.ts');
      onOutcome(await validate(paths, context));
    });
}

interface DemoFlags {
  graphBaseUrl: string;
  publicBaseUrl: string;
  flows: string;
}

function addDemoBundle(program: Command, { context, onOutcome }: ProgramOptions): void {
  program
    .command('demo-bundle')
    .description('Make a bundle to try things with: its secrets are made up. A real bundle is left alone.')
    .argument('<dir>', 'folder of the bundle')
    .requiredOption('--graph-base-url <url>', 'address of the emulator')
    .requiredOption('--public-base-url <url>', 'address of ingress')
    .requiredOption('--flows <dir>', 'folder of flows to copy')
    .action(async (dir: string, given: DemoFlags) => {
      const { demoBundle } = await import('./commands/demo-bundle.ts');
      onOutcome(await demoBundle({ ...given, dir }, context));
    });
}

function addVersion(program: Command, { onOutcome }: ProgramOptions): void {
  program
    .command('version')
    .description('Print the version.')
    .action(async () => {
      const { version } = await import('./commands/version.ts');
      onOutcome(await version());
    });
}
