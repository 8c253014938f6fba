import type { Command } from 'commander';
import { addExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { ExplainFlags } from './explain.ts';

/** `alur explain`: what a code means, or what became of a message. */
export function addExplain(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('explain');
  addExamples(
    command,
    ['alur explain wamid.HBgMNjI4MTIzNDU2Nzg5', 'what became of a message, of a contact or to one'],
    ['alur explain 3f2a9c0d5b7e41868d0f6a1c2b3e4d5f', 'the same by an id of Alur: of an event or a message'],
    ['alur explain E110', 'a code of `alur validate`'],
    ['alur explain 131026', 'a code of the Graph API'],
    ['alur explain', 'all codes'],
  );
  addPlaceOptions(
    command
      .description('Say what became of a message from webhook to read receipt, or what a code means.')
      .argument(
        '[what]',
        'a wamid, the 32 digits of an event or message, or a code such as E110 or 131026; without it: all codes',
      ),
  )
    .option('--show-contact', 'show numbers, names and wamids whole: personal data', false)
    .action(async (what: string | undefined, given: ExplainFlags) => {
      const { explain } = await import('./explain.ts');
      onOutcome(await explain(what, given, context));
    });
}
