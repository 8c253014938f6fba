import type { Command } from 'commander';
import { addExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { StatusFlags } from './status.ts';

/** `alur status`: the running system on one screen. */
export function addStatus(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('status');
  addExamples(
    command,
    ['alur status', 'once'],
    ['alur status --watch', 'again every two seconds'],
    ['alur status --redis redis://cache:6379', 'of another machine; exits with 5 if something is not ready'],
  );
  addPlaceOptions(
    command.description(
      'Show the running system: Redis, services, numbers, what waits, what failed, who is behind.',
    ),
  )
    .option('--watch', 'draw it anew every two seconds; at a terminal only', false)
    .action(async (given: StatusFlags) => {
      const { status } = await import('./status.ts');
      const isJson = program.opts()['json'] === true;
      onOutcome(await status(given, context, isJson));
    });
}
