import { Command, Option } from 'commander';
import { addExamples } from './add-examples.ts';
import { addBroadcast } from './commands/broadcast/add-broadcast.ts';
import { addEmulator } from './commands/add-emulator.ts';
import { addContacts } from './commands/contacts/add-contacts.ts';
import { addDead } from './commands/dead/add-dead.ts';
import { addDoctor } from './commands/doctor/add-doctor.ts';
import { addExplain } from './commands/explain/add-explain.ts';
import { addGraph } from './commands/graph/add-graph.ts';
import { addMedia } from './commands/media/add-media.ts';
import { addKeys } from './commands/keys/add-keys.ts';
import { addNumbers } from './commands/numbers/add-numbers.ts';
import { addSetup } from './commands/setup/add-setup.ts';
import { addStatus } from './commands/status/add-status.ts';
import { addChat } from './commands/chat/add-chat.ts';
import { addSubscribers } from './commands/subscribers/add-subscribers.ts';
import { addTemplates } from './commands/templates/add-templates.ts';
import { addTest } from './commands/test/add-test.ts';
import type { ValidateFlags } from './commands/validate.ts';
import type { ProgramOptions } from './program-options.ts';

const EXIT_CODES = `
Exit codes: 0 done, 1 bug, 2 usage, 3 invalid input, 4 not found, 5 environment not ready, 6 tests failed, 7 refused.`;

/** The command line: every command, its options, and where its work is. A command is loaded when it runs. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command('alur')
    .description('WhatsApp conversations written as flows.')
    .option('--json', 'print exactly one JSON document')
    .option('--no-color', 'print without colours')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: options.write, writeErr: options.write })
    .addHelpText('after', EXIT_CODES);
  addExamples(
    program,
    ['alur setup --answers answers.json my-bundle', 'make a bundle'],
    ['alur chat my-bundle', 'talk to its flows; type /save test to keep a test'],
    ['alur validate my-bundle', 'find what is wrong with them'],
    ['alur test my-bundle', 'run their tests'],
  );
  addSetup(program, options);
  addValidate(program, options);
  addTest(program, options);
  addChat(program, options);
  addExplain(program, options);
  addGraph(program, options);
  addFmt(program, options);
  addSchema(program, options);
  addDoctor(program, options);
  addStatus(program, options);
  addDead(program, options);
  addNumbers(program, options);
  addContacts(program, options);
  addKeys(program, options);
  addSubscribers(program, options);
  addBroadcast(program, options);
  addTemplates(program, options);
  addMedia(program, options);
  addEmulator(program, options);
  addDemoBundle(program, options);
  addVersion(program, options);
  pointToHelp(program, 'alur');
  return program;
}

/** After a slip in the command line, the help of the command that it was for. */
function pointToHelp(command: Command, name: string): void {
  command.showHelpAfterError(`(see \`${name} --help\`)`);
  for (const child of command.commands) pointToHelp(child, `${name} ${child.name()}`);
}

function addValidate(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('validate');
  addExamples(
    command,
    ['alur validate my-bundle', ''],
    ['alur validate flows/menu.ygtc', 'one file'],
    ['alur validate flows --max-warnings 0', 'warnings fail, too'],
    ['alur validate flows --format github', 'for a build server'],
  );
  command
    .description('Check flows: every fault of every file, with its place and its fix.')
    .argument('<path...>', 'flow files, folders of flows, or bundles')
    .addOption(
      new Option('--format <format>', 'how to print')
        .choices(['text', 'json', 'github', 'sarif'])
        .default('text'),
    )
    .option('--max-warnings <number>', 'fail when there are more')
    .option('--quiet', 'print errors only', false)
    .action(async (paths: string[], given: ValidateFlags) => {
      const { validate } = await import('./commands/validate.ts');
      onOutcome(await validate(paths, given, context));
    });
}

function addFmt(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('fmt');
  addExamples(
    command,
    ['alur fmt flows', 'writes the files that change'],
    ['alur fmt --check flows', 'writes nothing, names them'],
    ['alur fmt - < menu.ygtc', 'for editors'],
  );
  command
    .description('Lay flow files out anew; what they say, their comments and their order stay.')
    .argument('<path...>', 'flow files, folders of flows, or bundles; - reads standard input')
    .option('--check', 'change nothing; name the files that would change, and exit with 3 if there are any')
    .option('--write', 'write the files; this is what happens if nothing is said')
    .action(async (paths: string[], given: { check?: boolean }) => {
      const { fmt } = await import('./commands/fmt.ts');
      onOutcome(await fmt(paths, given, context));
    });
}

function addSchema(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('schema');
  addExamples(
    command,
    ['alur schema --out ygtc.schema.json', ''],
    ['alur schema --tests --out tests.schema.json', 'of *.test.yaml'],
  );
  command
    .description('Print the JSON Schema of flow files, by which editors complete and check them.')
    .option('--tests', 'of files of conversation tests, and not of flows', false)
    .option('--out <file>', 'write to this file and not to standard output')
    .action(async (given: { tests: boolean; out?: string }) => {
      const { schema } = await import('./commands/schema.ts');
      onOutcome(await schema(given, context));
    });
}

interface DemoFlags {
  graphBaseUrl: string;
  publicBaseUrl: string;
  flows: string;
}

function addDemoBundle(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('demo-bundle');
  addExamples(command, [
    'alur demo-bundle demo --flows flows/demo --graph-base-url http://127.0.0.1:7704 --public-base-url http://127.0.0.1:8080',
    '',
  ]);
  command
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
