import type { Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { PlaceFlags } from '../../place.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { ChoiceFlags, FilterFlags } from './choose-events.ts';

/** `alur subscribers`: who is told of events, and what could not be told. */
export function addSubscribers(program: Command, options: ProgramOptions): void {
  const subscribers = program
    .command('subscribers')
    .description('Where subscribers stand, and events that they did not take; without a further word: list.');
  addGroupExamples(
    subscribers,
    ['alur subscribers', 'who is behind, and why'],
    ['alur subscribers dead list --subscriber crm', 'what was given up'],
    ['alur subscribers dead replay --all --subscriber crm', 'tell it once more'],
  );
  addList(subscribers, options);
  const dead = subscribers
    .command('dead')
    .description('Events that a subscriber did not take for a day: look, replay, give up.');
  addGroupExamples(
    dead,
    ['alur subscribers dead list', ''],
    ['alur subscribers dead show 3f2a1b', 'one, by how its id begins'],
    ['alur subscribers dead replay --all --type message.*', ''],
  );
  addDeadList(dead, options);
  addDeadShow(dead, options);
  addDeadReplay(dead, options);
  addDeadDrop(dead, options);
}

function addList(subscribers: Command, { context, onOutcome }: ProgramOptions): void {
  const list = subscribers.command('list', { isDefault: true });
  addPlaceOptions(
    list.description('Show every subscriber of the bundle and how far it has been told.'),
  ).action(async (given: PlaceFlags) => {
    const { listSubscribers } = await import('./list-subscribers.ts');
    onOutcome(await listSubscribers(given, context));
  });
}

function addDeadList(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const list = dead
    .command('list')
    .description('List undelivered events, the newest first. Shows nothing personal.');
  addFilters(list)
    .option('--limit <number>', 'show at most so many', '50')
    .action(async (given: FilterFlags & PlaceFlags) => {
      const { listUndelivered } = await import('./list-undelivered.ts');
      onOutcome(await listUndelivered(given, context));
    });
}

function addDeadShow(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const show = dead.command('show').description('Show one undelivered event.');
  addPlaceOptions(show.argument('<id>', 'its id, or how it begins'))
    .option('--body', 'show its payload: it may be personal', false)
    .action(async (id: string, given: { body: boolean } & PlaceFlags) => {
      const { showUndelivered } = await import('./show-undelivered.ts');
      onOutcome(await showUndelivered({ ...given, id }, context));
    });
}

function addDeadReplay(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const replay = dead
    .command('replay')
    .description('Tell subscribers once more, with the same ids, behind what waits already.');
  addChoice(replay).action(async (ids: string[], given: Omit<ChoiceFlags, 'ids'> & PlaceFlags) => {
    const { replayUndelivered } = await import('./replay-undelivered.ts');
    onOutcome(await replayUndelivered({ ...given, ids }, context));
  });
}

function addDeadDrop(dead: Command, { context, onOutcome }: ProgramOptions): void {
  const drop = dead.command('drop').description('Give undelivered events up for good.');
  addChoice(drop).action(async (ids: string[], given: Omit<ChoiceFlags, 'ids'> & PlaceFlags) => {
    const { dropUndeliveredEvents } = await import('./drop-undelivered.ts');
    onOutcome(await dropUndeliveredEvents({ ...given, ids }, context));
  });
}

function addChoice(command: Command): Command {
  return addFilters(command.argument('[id...]', 'ids, or how they begin'))
    .option('--all', 'all that the filters let through', false)
    .option('--yes', 'do not ask when there is more than one', false)
    .option('--dry-run', 'show what would be done and do nothing', false);
}

function addFilters(command: Command): Command {
  return addPlaceOptions(command)
    .option('--tenant <name>', 'of this tenant')
    .option('--team <name>', 'of this team')
    .option('--subscriber <id>', 'of this subscriber')
    .option('--type <type>', 'of this type, or of those that begin so with a * behind');
}
