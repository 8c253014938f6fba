import type { Command } from 'commander';
import { addExamples } from '../../add-examples.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { ChatFlags } from './chat.ts';

export function addChat(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('chat');
  addExamples(
    command,
    ['alur chat flows', 'write hi; /help lists what else you can do'],
    ['alur chat my-bundle --flows shop', 'one of several folders of flows'],
    [String.raw`printf 'hi\n1\n' | alur chat flows`, 'in scripts'],
  );
  command
    .description('Talk to flows in the terminal: no Redis, no network, and a clock that you move.')
    .argument('<path...>', 'flow files, a folder of flows, or a bundle')
    .option('--flows <folder>', 'of a bundle with several, the folder of flows to talk to')
    .action(async (paths: string[], _: unknown, command: Command) => {
      const { chat } = await import('./chat.ts');
      onOutcome(await chat(paths, command.optsWithGlobals<ChatFlags>(), context));
    });
}
