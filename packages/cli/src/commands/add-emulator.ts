import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { ProgramOptions } from '../program-options.ts';
import type { EmulatorArguments } from './emulator.ts';

const NOTES = `
Limits are always measured: read them at /_emulator/limits. They are enforced only when asked for.
docs/emulator.md tells the rest: faults to order, account news, what differs from WhatsApp.`;

/** `alur emulator` on the command line. */
export function addEmulator(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program
    .command('emulator')
    .description('Play the Graph API for the numbers of a bundle, with a chat page.')
    .requiredOption('--bundle <dir>', 'folder of the bundle');
  addExamples(
    command,
    ['alur emulator --bundle my-bundle', 'limits are measured only'],
    ['alur emulator --bundle my-bundle --enforce all', 'limits refuse, too'],
    ['alur emulator --bundle my-bundle --enforce throughput,pair --throttle-http 429', ''],
    ['alur emulator --bundle my-bundle --enforce window --enforce-by api --window 60', ''],
  );
  addPlaces(command.optionsGroup('Where it is:'));
  addLimits(command.optionsGroup('Limits:'));
  addReceipts(command.optionsGroup('Receipts:'));
  command.addHelpText('after', NOTES).action(async (given: EmulatorArguments) => {
    const { emulator } = await import('./emulator.ts');
    onOutcome(await emulator(given, context));
  });
}

function addPlaces(command: Command): void {
  command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 picks a free one', '7704')
    .option('--webhook-base <url>', 'where webhooks are sent to', 'http://127.0.0.1:8080')
    .option('--allow-host <name...>', 'names beside localhost that the chat page may be opened by', [])
    .option('--demo-flows <dir>', 'first make a demo bundle with these flows, unless there is a real one')
    .option(
      '--graph-base-url <url>',
      'what a demo bundle calls the emulator by; its own address if not given',
    );
}

function addLimits(command: Command): void {
  command
    .option('--enforce <limits>', 'all, or some of throughput,pair,tier,window,opt-out; none if not given')
    .addOption(
      new Option('--enforce-by <way>', 'refuse the send (api), accept and fail it (status), or as Meta does')
        .choices(['meta', 'api', 'status'])
        .default('meta'),
    )
    .addOption(
      new Option('--throttle-http <status>', 'HTTP status of a refusal for throughput or pair')
        .choices(['400', '429'])
        .default('400'),
    )
    .option('--window <seconds>', "how long a contact's message opens its window; a day if not given");
}

function addReceipts(command: Command): void {
  command
    .option('--status-delays <ms,ms,ms>', 'milliseconds to sent, delivered and read; or off', '30,120,600')
    .option('--status-batch <max,ms>', 'at most so many in a webhook, each waiting so long', '100,0')
    .option('--no-read', 'contacts read nothing: messages end as delivered')
    .option('--seed <text>', 'ids and chance repeat with it; new at every start if not given');
}
