import { Option, type Command } from 'commander';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { EraseFlags } from './erase-contact.ts';
import type { ExportFlags } from './export-contact.ts';
import type { ExportOptOutsFlags } from './export-opt-outs.ts';
import type { ImportFlags } from './import-opt-outs.ts';
import type { OptFlags } from './opt-contact.ts';

const WHO = 'phone number or user id';
const TENANT = 'of this tenant; needed where the bundle has several';

/** What contacts may ask for: to hear no more, to see what is kept of them, to be forgotten. */
export function addPrivacy(contacts: Command, options: ProgramOptions): void {
  addOpt(contacts, 'out', options);
  addOpt(contacts, 'in', options);
  addImport(contacts, options);
  addExportOptOuts(contacts, options);
  addExport(contacts, options);
  addErase(contacts, options);
}

function addOpt(contacts: Command, change: 'out' | 'in', { context, onOutcome }: ProgramOptions): void {
  const does =
    change === 'out'
      ? 'Note that a contact wants to hear no more.'
      : 'Note that a contact wants to hear again.';
  const command = contacts.command(`opt-${change}`).description(does);
  addPlaceOptions(command.argument('<who>', WHO))
    .option('--tenant <name>', TENANT)
    .addOption(
      new Option('--scope <scope>', 'every message, or marketing alone')
        .choices(['all', 'marketing'])
        .default('all'),
    )
    .option('--at <time>', 'when the contact said so, such as 2026-03-01T09:30:00Z; else now')
    .action(async (who: string, given: OptFlags) => {
      const { optContact } = await import('./opt-contact.ts');
      onOutcome(await optContact(who, change, given, context));
    });
}

function addImport(contacts: Command, { context, onOutcome }: ProgramOptions): void {
  const command = contacts
    .command('import-opt-outs')
    .description('Take opt-outs of a CSV file, or of one with a JSON object a line (*.ndjson).');
  addPlaceOptions(command.argument('<file>', 'the file; - reads CSV from standard input'))
    .option('--tenant <name>', TENANT)
    .option('--country <code>', 'how local phone numbers are read, such as ID')
    .option('--strict', 'take nothing when a line is bad', false)
    .action(async (file: string, given: ImportFlags) => {
      const { importOptOuts } = await import('./import-opt-outs.ts');
      onOutcome(await importOptOuts(file, given, context));
    });
}

function addExportOptOuts(contacts: Command, { context, onOutcome }: ProgramOptions): void {
  const command = contacts
    .command('export-opt-outs')
    .description('Write all opt-outs to a CSV file that can be imported again.');
  addPlaceOptions(command.argument('<file>', 'the new file: personal data'))
    .option('--tenant <name>', TENANT)
    .action(async (file: string, given: ExportOptOutsFlags) => {
      const { exportOptOuts } = await import('./export-opt-outs.ts');
      onOutcome(await exportOptOuts(file, given, context));
    });
}

function addExport(contacts: Command, { context, onOutcome }: ProgramOptions): void {
  const command = contacts
    .command('export')
    .description('Write all that is kept of a contact to a file, a JSON object a line.');
  addPlaceOptions(command.argument('<who>', WHO).argument('<file>', 'the new file: personal data'))
    .option('--tenant <name>', TENANT)
    .action(async (who: string, file: string, given: ExportFlags) => {
      const { exportOne } = await import('./export-contact.ts');
      onOutcome(await exportOne(who, file, given, context));
    });
}

function addErase(contacts: Command, { context, onOutcome }: ProgramOptions): void {
  const command = contacts
    .command('erase')
    .description('Erase all that is kept of a contact, with every number of the tenant. Cannot be undone.');
  addPlaceOptions(command.argument('<who>', WHO))
    .option('--tenant <name>', TENANT)
    .option('--forget-opt-out', 'forget as well that the contact wants to hear no more', false)
    .option('--yes', 'do not ask', false)
    .action(async (who: string, given: EraseFlags) => {
      const { eraseOne } = await import('./erase-contact.ts');
      onOutcome(await eraseOne(who, given, context));
    });
}
