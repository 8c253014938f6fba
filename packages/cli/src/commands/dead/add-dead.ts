import type { Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { PlaceFlags } from '../../place.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { ChoiceFlags } from './choose-letters.ts';
import type { FilterFlags } from './letter-filter.ts';

/** `alur dead`: what will not be sent unless somebody says so. */
export function addDead(program: Command, options: ProgramOptions): void {
  const dead = program.command('dead').description('Messages that will not be sent: look, replay, give up.');
  addGroupExamples(
    dead,
    ['alur dead list --since 2h', 'what died, and of what'],
    ['alur dead show 3f2a', 'all about one, by how its id begins'],
    ['alur dead replay --all --code 131056', 'let them go again'],
    ['alur dead drop --all --until 2026-01-31 --dry-run', 'what giving up would take'],
  );
  addList(dead, options);
  addShow(dead, options);
  addReplay(dead, options);
  addDrop(dead, options);
}

function addList(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const list = dead
    .command('list')
    .description('List dead messages, the newest first. Shows nothing personal.');
  addFilters(list)
    .option('--limit <number>', 'show at most so many; the counts are of all', '50')
    .action(async (given: FilterFlags & PlaceFlags) => {
      const { listDead } = await import('./list-dead.ts');
      onOutcome(await listDead(given, context));
    });
}

function addShow(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const show = dead
    .command('show')
    .description('Show all that is known of one dead message, and what to do.');
  addPlaceOptions(show.argument('<mid>', 'its id, or how it begins'))
    .option('--body', 'show to whom it was and what it said: personal data', false)
    .action(async (mid: string, given: { body: boolean } & PlaceFlags) => {
      const { showDead } = await import('./show-dead.ts');
      onOutcome(await showDead({ ...given, mid }, context));
    });
}

type ChosenFlags = Omit<ChoiceFlags, 'mids'> & PlaceFlags;

function addReplay(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const replay = dead
    .command('replay')
    .description('Let dead messages go again, each at the end of its chain.');
  addChoice(replay).action(async (mids: string[], given: ChosenFlags) => {
    const { replayDead } = await import('./replay-dead.ts');
    onOutcome(await replayDead({ ...given, mids }, context));
  });
}

function addDrop(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const drop = dead.command('drop').description('Give dead messages up for good: their content goes.');
  addChoice(drop).action(async (mids: string[], given: ChosenFlags) => {
    const { dropDead } = await import('./drop-dead.ts');
    onOutcome(await dropDead({ ...given, mids }, context));
  });
}

function addChoice(command: Command): Command {
  return addFilters(command.argument('[mid...]', 'ids, or how they begin'))
    .option('--limit <number>', 'with --all: the newest so many')
    .option('--all', 'all that the filters let through', false)
    .option('--yes', 'do not ask when there is more than one', false)
    .option('--dry-run', 'show what would be done and do nothing', false);
}

function addFilters(command: Command): Command {
  return addPlaceOptions(command)
    .option('--tenant <name>', 'of this tenant')
    .option('--team <name>', 'of this team')
    .option('--number <id>', 'of this phone_number_id')
    .option('--reason <reason>', 'dead for this reason, such as configuration')
    .option('--code <code>', "with this code of Graph's or ours, such as 131026")
    .option('--class <class>', 'reply, notification or broadcast')
    .option('--side <side>', 'pipeline, content or recipient: whose matter it is')
    .option('--since <time>', 'dead since then: 2h (ago), 2026-01-31 or 2026-01-31T13:00')
    .option('--until <time>', 'dead before then');
}
