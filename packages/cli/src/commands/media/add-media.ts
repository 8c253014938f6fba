import type { Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { PlaceFlags } from '../../place.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { GetFlags } from './get-media.ts';

/** `alur media`: files that messages show, and files that contacts sent. */
export function addMedia(program: Command, options: ProgramOptions): void {
  const media = program
    .command('media')
    .description('Files that messages show, and files that contacts sent; without a further word: list.');
  addGroupExamples(
    media,
    ['alur media list', "the bundle's files, and who has uploaded them"],
    ['alur media get 1003383421387256', 'fetch what a contact sent'],
  );
  addList(media, options);
  addGet(media, options);
}

function addList(media: Command, { context, onOutcome }: ProgramOptions): void {
  const list = media.command('list', { isDefault: true });
  addPlaceOptions(
    list.description("Show the files of the bundle's media folder, and what is wrong with them."),
  ).action(async (given: PlaceFlags) => {
    const { listMedia } = await import('./list-media.ts');
    onOutcome(await listMedia(given, context));
  });
}

function addGet(media: Command, { context, onOutcome }: ProgramOptions): void {
  media
    .command('get')
    .description('Fetch a file that a contact sent, checked against its hash. Meta keeps them for 7 days.')
    .argument('<media-id>', 'as the event has it')
    .option('--bundle <dir>', 'folder of the bundle; else BUNDLE_DIR, else ./bundle')
    .option('--number <id>', 'phone_number_id that it was sent to; needed where the bundle has several')
    .option('--sha256 <hash>', "the event's own hash, to be checked as well")
    .option('--out <file>', 'where to put it; else its id and the ending of its type, here')
    .action(async (id: string, given: Omit<GetFlags, 'id'>) => {
      const { getMedia } = await import('./get-media.ts');
      onOutcome(await getMedia({ ...given, id }, context));
    });
}
