import type { Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { PlaceFlags } from '../../place.ts';
import type { ProgramOptions } from '../../program-options.ts';

/** `alur numbers`: the numbers of the bundle as they are now. */
export function addNumbers(program: Command, options: ProgramOptions): void {
  const numbers = program
    .command('numbers')
    .description('Limits, pauses and what waits of each number; without a further word: list.');
  addGroupExamples(
    numbers,
    ['alur numbers', 'limits, pauses, what waits'],
    ['alur numbers pause 123456789012345 --for 30m', ''],
    ['alur numbers resume 123456789012345', ''],
  );
  addList(numbers, options);
  addPause(numbers, options);
  addResume(numbers, options);
}

function addList(numbers: Command, { context, onOutcome }: ProgramOptions): void {
  const list = numbers.command('list', { isDefault: true });
  addPlaceOptions(list.description('Show every number of the bundle.')).action(async (given: PlaceFlags) => {
    const { listNumbers } = await import('./list-numbers.ts');
    onOutcome(await listNumbers(given, context));
  });
}

function addPause(numbers: Command, { context, onOutcome }: ProgramOptions): void {
  const command = numbers
    .command('pause')
    .description('Hold all that a number sends; what comes in goes on.');
  addPlaceOptions(command.argument('<id>', 'its phone_number_id'))
    .option('--for <time>', 'end by itself after this long, such as 30m or 2h; else until it is lifted')
    .action(async (id: string, given: { for?: string } & PlaceFlags) => {
      const { pause } = await import('./pause.ts');
      onOutcome(await pause({ ...given, id }, context));
    });
}

function addResume(numbers: Command, { context, onOutcome }: ProgramOptions): void {
  const command = numbers.command('resume').description('Lift every pause of a number and of its WABA.');
  addPlaceOptions(command.argument('<id>', 'its phone_number_id')).action(
    async (id: string, given: PlaceFlags) => {
      const { resume } = await import('./resume.ts');
      onOutcome(await resume({ ...given, id }, context));
    },
  );
}
