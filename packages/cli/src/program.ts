import { Command } from 'commander';
import type { Context, Outcome } from './command.ts';

export interface ProgramOptions {
  context: Context;
  onOutcome: (outcome: Outcome) => void;
  /** Takes help texts and complaints about the command line. */
  write: (text: string) => void;
}

const EXIT_CODES = `
Exit codes: 0 done, 1 bug, 2 usage, 3 invalid input, 4 not found, 5 environment not ready, 7 refused.`;

/** The command line: every command, its options, and where its work is. A command is loaded when it runs. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command('alur')
    .description('WhatsApp conversations written as flows.')
    .option('--json', 'print exactly one JSON document')
    .option('--no-color', 'print without colours')
    .exitOverride()
    .configureOutput({ writeOut: options.write, writeErr: options.write })
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(see `alur --help`)');
  addSetup(program, options);
  addValidate(program, options);
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

interface EmulatorFlags {
  bundle: string;
  host: string;
  port: string;
  webhookBase: string;
  graphBaseUrl?: string;
  demoFlows?: string;
  allowHost: string[];
}

function addEmulator(program: Command, { context, onOutcome }: ProgramOptions): void {
  program
    .command('emulator')
    .description('Play the Graph API for the numbers of a bundle, with a chat page.')
    .requiredOption('--bundle <dir>', 'folder of the bundle')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 picks a free one', '7704')
    .option('--webhook-base <url>', 'where webhooks are sent to', 'http://127.0.0.1:8080')
    .option('--allow-host <name...>', 'names beside localhost that the chat page may be opened by', [])
    .option('--demo-flows <dir>', 'first make a demo bundle with these flows, unless there is a real one')
    .option(
      '--graph-base-url <url>',
      'what a demo bundle calls the emulator by; its own address if not given',
    )
    .action(async (given: EmulatorFlags) => {
      const { emulator } = await import('./commands/emulator.ts');
      onOutcome(await emulator(given, context));
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
