import type { Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { CheckFlags } from './check-templates.ts';
import type { ListFlags } from './list-templates.ts';
import type { PullFlags } from './pull.ts';

const BUNDLE = 'folder of the bundle; else BUNDLE_DIR, else ./bundle';

/** `alur templates`: the templates of the bundle's WABAs, as Meta has them. */
export function addTemplates(program: Command, options: ProgramOptions): void {
  const templates = program
    .command('templates')
    .description('Message templates: pull them from Meta, list them, check flows against them.');
  addGroupExamples(
    templates,
    ['alur templates pull', 'write them into the bundle'],
    ['alur templates list --status PAUSED', ''],
    ['alur templates check', 'with every flow of the bundle'],
  );
  addPull(templates, options);
  addList(templates, options);
  addCheck(templates, options);
}

function addPull(templates: Command, { context, onOutcome }: ProgramOptions): void {
  templates
    .command('pull')
    .description('Read the templates of every WABA of the bundle from Meta, and write them into it.')
    .option('--bundle <dir>', BUNDLE)
    .option('--tenant <name>', 'WABAs of this tenant only')
    .option('--team <name>', 'WABAs of this team only')
    .option('--dry-run', 'show what would change and write nothing', false)
    .action(async (given: PullFlags) => {
      const { pull } = await import('./pull.ts');
      onOutcome(await pull(given, context));
    });
}

function addList(templates: Command, { context, onOutcome }: ProgramOptions): void {
  templates
    .command('list')
    .description('Show the templates that were pulled, and what a send of each has to bring.')
    .option('--bundle <dir>', BUNDLE)
    .option('--status <status>', 'of this status only, such as APPROVED')
    .option('--name <part>', 'with this in their name only')
    .action(async (given: ListFlags) => {
      const { listTemplates } = await import('./list-templates.ts');
      onOutcome(await listTemplates(given, context));
    });
}

function addCheck(templates: Command, { context, onOutcome }: ProgramOptions): void {
  templates
    .command('check')
    .description('Check the templates that were pulled, and every flow of the bundle against them.')
    .option('--bundle <dir>', BUNDLE)
    .option('--live', 'as Meta has them now: pulls first, and writes nothing', false)
    .action(async (given: CheckFlags) => {
      const { checkTemplates } = await import('./check-templates.ts');
      onOutcome(await checkTemplates(given, context));
    });
}
