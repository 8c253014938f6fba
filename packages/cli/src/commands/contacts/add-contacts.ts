import type { Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import { addPlaceOptions } from '../../add-place-options.ts';
import type { ProgramOptions } from '../../program-options.ts';
import { addPrivacy } from './add-privacy.ts';
import type { ListContactsFlags } from './list-contacts.ts';
import type { ShowContactFlags } from './show-contact.ts';

type Adder = (contacts: Command, options: ProgramOptions) => void;

/** Each adds one command under `alur contacts`. */
const COMMANDS: readonly Adder[] = [addList, addShow, addPrivacy];

/** `alur contacts`: who writes to the teams of the bundle, and what is known of them. */
export function addContacts(program: Command, options: ProgramOptions): void {
  const contacts = program
    .command('contacts')
    .description('Contacts: who they are, and what became of what they wrote.');
  addGroupExamples(
    contacts,
    ['alur contacts list --tag vip', 'who has a tag, the numbers masked'],
    ['alur contacts show +6281234567890', 'window, session, tags, last events and messages'],
    ['alur contacts opt-out +6281234567890 --scope marketing', 'told to you, and not to WhatsApp'],
    ['alur contacts import-opt-outs unsubscribed.csv', 'from another system'],
    ['alur contacts erase +6281234567890 --yes', 'forgets all but that nobody may write again'],
  );
  for (const add of COMMANDS) add(contacts, options);
}

function addList(contacts: Command, { context, onOutcome }: ProgramOptions): void {
  const list = contacts
    .command('list')
    .description('List contacts, whoever wrote last first. Shows nothing personal unless it is told to.');
  addPlaceOptions(list)
    .option('--tenant <name>', 'of this tenant')
    .option('--team <name>', 'of this team')
    .option('--tag <tag>', 'who have this tag')
    .option('--opted-out', 'who want no more messages, or no marketing', false)
    .option('--limit <number>', 'show at most so many of each team', '50')
    .option('--show-contact', 'show numbers and names whole: personal data', false)
    .action(async (given: ListContactsFlags) => {
      const { listAllContacts } = await import('./list-contacts.ts');
      onOutcome(await listAllContacts(given, context));
    });
}

function addShow(contacts: Command, { context, onOutcome }: ProgramOptions): void {
  const show = contacts
    .command('show')
    .description('Show what is known of a contact, and what became of its last events.');
  addPlaceOptions(show.argument('<who>', 'phone number, user id, or the 32 digits of a conversation'))
    .option('--tenant <name>', 'with numbers of this tenant')
    .option('--events <number>', 'show at most so many events of a conversation', '10')
    .option('--show-contact', 'show numbers and names whole: personal data', false)
    .action(async (who: string, given: ShowContactFlags) => {
      const { showContact } = await import('./show-contact.ts');
      onOutcome(await showContact(who, given, context));
    });
}
