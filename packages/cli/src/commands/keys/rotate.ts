import { dropAppSecrets, rotateAppSecret, type AppSecretChange } from '@alur/bundle';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { pathFrom, readInput, type Io } from '../../io.ts';
import { RELOAD } from './reload.ts';

export interface RotateFlags {
  tenant?: string;
  team: string;
  /** `-` or `env:NAME`. */
  secretFrom?: string;
}

const SECRET_BYTES_MAX = 4_097;
const FORM = /^[\x21-\x7e]+$/;

/** `alur keys rotate-app-secret`: reload first, then reset the secret at Meta, and nothing is lost. */
export async function rotate(dir: string, given: RotateFlags, { io, colors }: Context): Promise<Outcome> {
  const secret = await readSecret(given.secretFrom, io);
  const changed = await rotateAppSecret(pathFrom(io, dir), given, secret);
  const drop = `alur keys drop-app-secret ${dir} --team ${given.team}`;
  const rest = [
    `Webhooks that are signed with any of ${changed.secrets} secrets are taken.`,
    RELOAD,
    `When no repeats of before can come (a week), drop the former: ${drop}`,
  ];
  return toOutcome(changed, { did: colors.bold('Rotated'), rest });
}

/** `alur keys drop-app-secret`. */
export async function drop(dir: string, given: RotateFlags, { io, colors }: Context): Promise<Outcome> {
  const changed = await dropAppSecrets(pathFrom(io, dir), given);
  return toOutcome(changed, { did: colors.bold('Dropped'), rest: [RELOAD] });
}

function toOutcome(
  { teams, secrets }: AppSecretChange,
  { did, rest }: { did: string; rest: string[] },
): Outcome {
  const lines =
    teams.length === 0
      ? ['Nothing to change: it is so already.']
      : [`${did}: the app secret of ${teams.join(', ')}`, ...rest];
  return { exit: EXIT.ok, data: { teams, secrets }, text: `${lines.join('\n')}\n` };
}

async function readSecret(source: string | undefined, io: Io): Promise<string> {
  if (source === '-') return ((await readInput(io, SECRET_BYTES_MAX)) ?? '').trim();
  const [, name] = /^env:(.+)$/.exec(source ?? '') ?? [];
  if (name !== undefined) {
    const secret = io.env[name]?.trim();
    if (secret !== undefined && secret !== '') return secret;
    throw new CliError(
      'invalidInput',
      `Cannot read the new app secret: ${name} is not set`,
      'set the variable',
    );
  }
  const fix = 'give it with --secret-from env:NAME, or --secret-from - for standard input';
  if (source !== undefined) throw new CliError('usage', 'Cannot use --secret-from', fix);
  if (io.openPrompts === undefined) {
    throw new CliError('invalidInput', 'Cannot ask for the new app secret: there is no terminal', fix);
  }
  const prompts = await io.openPrompts();
  const check = (text: string) => (FORM.test(text) ? undefined : 'a secret without spaces is needed');
  const message = 'New app secret (Meta app: App settings, Basic)';
  const secret = await prompts.text({ message, isSecret: true, check });
  if (secret === undefined)
    throw new CliError('refused', 'Nothing was written: the question was broken off', fix);
  return secret;
}
