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
    .description('Play the Graph API, alone or for the numbers of a bundle, with a chat page.')
    .option('--bundle <dir>', 'folder of the bundle; without it a number is made up');
  addExamples(
    command,
    ['alur emulator', 'alone: prints a number, its token and secrets'],
    ['alur emulator --webhook-url http://127.0.0.1:3000/webhook --seed dev', 'the same ones every time'],
    ['alur emulator --bundle my-bundle', 'limits are measured only'],
    ['alur emulator --bundle my-bundle --enforce all', 'limits refuse, too'],
    ['alur emulator --bundle my-bundle --enforce throughput,pair --throttle-http 429', ''],
    ['alur emulator --bundle my-bundle --enforce window --enforce-by api --window 60', ''],
  );
  addPlaces(command.optionsGroup('Where it is:'));
  addNumber(command.optionsGroup('The number, without a bundle; made up where not given:'));
  addLimits(command.optionsGroup('What is refused:'));
  addReceipts(command.optionsGroup('Receipts and webhooks:'));
  addTime(command.optionsGroup('Time and chance:'));
  command.addHelpText('after', NOTES).action(async (given: EmulatorArguments) => {
    const { emulator } = await import('./emulator.ts');
    onOutcome(await emulator(given, context));
  });
}

function addPlaces(command: Command): void {
  command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 picks a free one', '7704')
    .option(
      '--webhook-base <url>',
      'where ingress is, for the numbers of a bundle; http://127.0.0.1:8080 if not given',
    )
    .option('--webhook-url <url>', 'the very address that all webhooks are sent to')
    .option('--public-url <url>', 'what receivers reach the emulator by; its own address if not given')
    .option('--allow-host <name...>', 'names beside localhost that the chat page may be opened by', [])
    .option('--demo-flows <dir>', 'first make a demo bundle with these flows, unless there is a real one')
    .option(
      '--graph-base-url <url>',
      'what a demo bundle calls the emulator by; its own address if not given',
    );
}

function addNumber(command: Command): void {
  command
    .option('--number <id>', 'phone number id')
    .option('--display-number <text>', 'the number as it is dialled')
    .option('--waba <id>', 'WhatsApp Business Account id')
    .option('--token <text>', 'access token')
    .option('--app-secret <text>', 'what webhooks are signed with')
    .option('--verify-token <text>', 'what is said to an address that is verified');
}

function addLimits(command: Command): void {
  command
    .option('--strict', 'refuse templates that are not defined and media ids that nobody uploaded', false)
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
    .addOption(
      new Option('--redelivery <how>', 'when a webhook that was not taken comes again: soon, or as Meta does')
        .choices(['fast', 'meta'])
        .default('fast'),
    )
    .addOption(
      new Option('--order <how>', 'in which order webhooks leave')
        .choices(['kept', 'shuffled'])
        .default('kept'),
    )
    .option('--user-ids', 'every contact has a business-scoped user id, and webhooks bear it', false);
}

function addTime(command: Command): void {
  command
    .option('--seed <text>', 'ids and chance repeat with it; new at every start if not given')
    .option('--clock <time>', 'a time to begin with, stopped, or both with a comma between them')
    .option('--clock-rate <number>', 'how many times as fast as the machine time goes by');
}
