import type { Command } from 'commander';
import { addExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { DoctorFlags } from './visit.ts';

/** `alur doctor`: finds out why something does not work. */
export function addDoctor(program: Command, { context, onOutcome }: ProgramOptions): void {
  const command = program.command('doctor');
  addExamples(
    command,
    ['alur doctor my-bundle', 'everything, from the bundle to Meta'],
    ['alur doctor my-bundle --fix', 'subscribe the app where it is not'],
    ['alur doctor my-bundle --contact +6281234567890', 'why does this contact get nothing?'],
    ['alur doctor my-bundle --offline --strict', 'for a build server'],
  );
  command
    .description(
      'Find out what keeps a business from WhatsApp: bundle, webhook, tokens, numbers, templates, Redis, services.',
    )
    .argument('[dir]', 'folder of the bundle; the same as --bundle');
  addPlaceOptions(command)
    .option('--tenant <name>', 'look at this tenant only')
    .option('--team <name>', 'look at teams of this name only')
    .option('--contact <number>', 'look also at this contact: written right, window, wishes')
    .option('--ops <url>', 'ops port of a service, once for each; else those of this machine', collect)
    .option('--timeout <time>', 'how long one check may take', '15s')
    .option('--fix', 'mend what can be mended: subscribe the app to its WABA', false)
    .option('--offline', 'ask neither Meta nor the public address', false)
    .option('--strict', 'fail also for warnings', false)
    .action(async (dir: string | undefined, given: Omit<DoctorFlags, 'dir'>) => {
      const { doctor } = await import('./doctor.ts');
      onOutcome(await doctor({ ...given, ...(dir !== undefined && { dir }) }, context));
    });
}

function collect(url: string, before: string[] = []): string[] {
  return [...before, url];
}
