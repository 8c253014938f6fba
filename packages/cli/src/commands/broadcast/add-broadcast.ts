import { Option, type Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { PlaceFlags } from '../../place.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { FileFlags, PlanFlags } from './plan-flags.ts';

const ID = 'its id, or how it begins';

/** `alur broadcast`: one template to many people, at the number's pace. */
export function addBroadcast(program: Command, options: ProgramOptions): void {
  const broadcast = program
    .command('broadcast')
    .description('Broadcasts: one template to many people, at the pace that the number allows.');
  addGroupExamples(
    broadcast,
    ['alur broadcast check --template sale.json --file people.csv', 'reads everything, writes nothing'],
    ['alur broadcast create Sale --template sale.json --file people.csv', 'a draft with its recipients'],
    ['alur broadcast start 3f2a', 'or --at 2026-03-01T09:00:00+07:00'],
    ['alur broadcast show 3f2a --watch', 'how far it is'],
    ['alur broadcast report 3f2a --out report.csv', 'what became of each'],
  );
  addCreate(broadcast, options);
  addAdd(broadcast, options);
  addCheck(broadcast, options);
  addMoves(broadcast, options);
  addLooks(broadcast, options);
}

function addCreate(broadcast: Command, { context, onOutcome }: ProgramOptions): void {
  const create = broadcast
    .command('create')
    .description('Make a draft, with its recipients or without. Nobody is written to.')
    .argument('<name>', 'what people call it')
    .requiredOption(
      '--template <file>',
      "the Graph API's template object in JSON, with {{column}} for values",
    );
  addPlanOptions(addPlaceOptions(create))
    .option('--stop-at-failed-percent <number>', 'stop when more than so many of a hundred fail')
    .action(async (name: string, given: PlanFlags) => {
      const { createDraft } = await import('./create-draft.ts');
      onOutcome(await createDraft(name, given, context));
    });
}

function addPlanOptions(command: Command): Command {
  return addFileOptions(command)
    .option('--file <file>', 'recipients; - reads standard input')
    .option('--tenant <name>', 'tenant', 'default')
    .option('--team <name>', 'team', 'default')
    .option('--number <id>', 'phone_number_id, where the team has more than one')
    .option('--column <name=heading...>', 'how the file calls wa_id, user_id or a placeholder');
}

function addFileOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'of the file; else by its name').choices(['csv', 'ndjson', 'list']),
    )
    .option('--strict', 'add nobody when one line is faulty', false);
}

function addAdd(broadcast: Command, { context, onOutcome }: ProgramOptions): void {
  const add = broadcast
    .command('add')
    .description('Add recipients to a draft. Each is in once, so a file may be given again.')
    .argument('<id>', ID)
    .argument('<file>', 'recipients; - reads standard input');
  addFileOptions(addPlaceOptions(add)).action(async (id: string, file: string, given: FileFlags) => {
    const { addToDraft } = await import('./add-to-draft.ts');
    onOutcome(await addToDraft(id, file, given, context));
  });
}

function addCheck(broadcast: Command, { context, onOutcome }: ProgramOptions): void {
  const check = broadcast
    .command('check')
    .description('See who would get it, who would not and why, and when it would be over. Writes nothing.')
    .argument('[id]', `${ID}; or give --template and --file`)
    .option('--template <file>', 'as `create` takes it');
  addPlanOptions(addPlaceOptions(check)).action(
    async (id: string | undefined, given: Partial<PlanFlags> & FileFlags) => {
      const { checkBroadcast } = await import('./check-broadcast.ts');
      onOutcome(await checkBroadcast(id, given, context));
    },
  );
}

const MOVES = [
  ['pause', 'Hold it: what is not sent waits.'],
  ['resume', 'Let one go on that was held, or that stopped by itself.'],
  ['cancel', 'End it for good: whoever has nothing yet gets nothing.'],
  ['delete', 'Delete a draft, or one that is over, with its report.'],
] as const;

function addMoves(broadcast: Command, { context, onOutcome }: ProgramOptions): void {
  const start = broadcast.command('start').description('Let a draft go.').argument('<id>', ID);
  addPlaceOptions(start)
    .option('--at <time>', 'at this time, such as 2026-03-01T09:00:00+07:00')
    .action(async (id: string, given: PlaceFlags & { at?: string }) => {
      const { turnBroadcast } = await import('./turn-broadcast.ts');
      onOutcome(await turnBroadcast(id, 'start', given, context));
    });
  for (const [name, description] of MOVES) {
    addPlaceOptions(broadcast.command(name).description(description).argument('<id>', ID)).action(
      async (id: string, given: PlaceFlags) => {
        const { turnBroadcast } = await import('./turn-broadcast.ts');
        onOutcome(await turnBroadcast(id, name, given, context));
      },
    );
  }
}

function addLooks(broadcast: Command, { context, onOutcome }: ProgramOptions): void {
  addPlaceOptions(broadcast.command('list').description('List broadcasts, the newest first.')).action(
    async (given: PlaceFlags) => {
      const { listAllBroadcasts } = await import('./list-broadcasts.ts');
      onOutcome(await listAllBroadcasts(given, context));
    },
  );
  const show = broadcast.command('show').description('Show how far one is.').argument('<id>', ID);
  addPlaceOptions(show)
    .option('--watch', 'go on showing it until it is over', false)
    .action(async (id: string, given: PlaceFlags & { watch: boolean }) => {
      const { showBroadcast } = await import('./show-broadcast.ts');
      onOutcome(await showBroadcast(id, given, context));
    });
  const report = broadcast
    .command('report')
    .description('Write what became of each recipient, as CSV.')
    .argument('<id>', ID)
    .requiredOption('--out <file>', 'write to this file');
  addPlaceOptions(report)
    .option('--show-contact', 'with phone numbers and user ids: personal data', false)
    .action(async (id: string, given: PlaceFlags & { out: string; showContact: boolean }) => {
      const { writeReport } = await import('./write-report.ts');
      onOutcome(await writeReport(id, given, context));
    });
}
