import type { Command } from 'commander';
import { addGroupExamples } from '../../add-examples.ts';
import type { ProgramOptions } from '../../program-options.ts';
import type { KeyFlags, NewKeyFlags } from './api-keys.ts';
import type { RotateFlags } from './rotate.ts';

/** `alur keys`: what opens the HTTP API, and what Meta signs webhooks with. */
export function addKeys(program: Command, options: ProgramOptions): void {
  const keys = program.command('keys').description('Keys of the HTTP API, and the app secret of Meta.');
  addGroupExamples(
    keys,
    ['alur keys add my-bundle --team shop --name crm --scopes send,read', 'prints the key, once'],
    ['alur keys list my-bundle', ''],
    ['alur keys revoke my-bundle --team shop --name crm', ''],
    ['alur keys rotate-app-secret my-bundle --team shop', 'asks for the new one'],
  );
  addAdd(keys, options);
  addList(keys, options);
  addRevoke(keys, options);
  addRotate(keys, options);
  addDrop(keys, options);
}

function addPlace(command: Command): Command {
  return command
    .argument('<dir>', 'folder of the bundle')
    .option('--tenant <name>', 'of this tenant; else the only one, or default');
}

function addAdd(keys: Command, { context, onOutcome }: ProgramOptions): void {
  addPlace(keys.command('add'))
    .description('Make a key of the HTTP API. It is printed once; the bundle keeps its SHA-256 only.')
    .option('--team <name>', 'opens this team only; else every team of the tenant')
    .requiredOption('--name <name>', 'what logs call it')
    .option('--scopes <scopes>', 'what it opens: any of send, read, contacts, broadcasts; else everything')
    .action(async (dir: string, given: NewKeyFlags) => {
      const { addKey } = await import('./api-keys.ts');
      onOutcome(await addKey(dir, given, context));
    });
}

function addList(keys: Command, { context, onOutcome }: ProgramOptions): void {
  keys
    .command('list')
    .description('Show the names of the keys of the HTTP API, and what they open.')
    .argument('<dir>', 'folder of the bundle')
    .option('--tenant <name>', 'of this tenant only')
    .option('--team <name>', 'of this team only')
    .action(async (dir: string, given: Omit<KeyFlags, 'name'>) => {
      const { listKeys } = await import('./api-keys.ts');
      onOutcome(await listKeys(dir, given, context));
    });
}

function addRevoke(keys: Command, { context, onOutcome }: ProgramOptions): void {
  addPlace(keys.command('revoke'))
    .description('Take a key of the HTTP API out by its name.')
    .option('--team <name>', 'of this team; else of the whole tenant')
    .requiredOption('--name <name>', 'as `alur keys list` shows it')
    .action(async (dir: string, given: KeyFlags) => {
      const { revokeKey } = await import('./api-keys.ts');
      onOutcome(await revokeKey(dir, given, context));
    });
}

function addRotate(keys: Command, { context, onOutcome }: ProgramOptions): void {
  addPlace(keys.command('rotate-app-secret'))
    .description(
      'Put a new app secret before the former one, which goes on verifying webhooks until it is dropped.',
    )
    .option('--team <name>', 'of this team, and of all with the same app', 'default')
    .option('--secret-from <source>', 'env:NAME, or - for standard input; else it is asked for')
    .action(async (dir: string, given: RotateFlags) => {
      const { rotate } = await import('./rotate.ts');
      onOutcome(await rotate(dir, given, context));
    });
}

function addDrop(keys: Command, { context, onOutcome }: ProgramOptions): void {
  addPlace(keys.command('drop-app-secret'))
    .description('Drop the former app secrets: only the newest verifies webhooks from then on.')
    .option('--team <name>', 'of this team, and of all with the same app', 'default')
    .action(async (dir: string, given: RotateFlags) => {
      const { drop } = await import('./rotate.ts');
      onOutcome(await drop(dir, given, context));
    });
}
