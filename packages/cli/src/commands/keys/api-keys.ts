import { randomBytes } from 'node:crypto';
import { addApiKey, listApiKeys, revokeApiKey, type BundlePlace } from '@alur/bundle';
import { ApiScope } from '@alur/types';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { pathFrom } from '../../io.ts';
import { renderTable } from '../../render-table.ts';
import { RELOAD } from './reload.ts';

export interface KeyFlags {
  tenant?: string;
  team?: string;
  name: string;
}

export interface NewKeyFlags extends KeyFlags {
  /** Names of scopes, between commas. */
  scopes?: string;
}

const KEY_BYTES = 32;
const COLUMNS = ['TENANT', 'TEAM', 'NAME', 'OPENS'].map((head) => ({ head }));

/** `alur keys add`. The key is nowhere but in this outcome. */
export async function addKey(dir: string, given: NewKeyFlags, { io, colors }: Context): Promise<Outcome> {
  const { name } = given;
  const scopes = parseScopes(given.scopes);
  const key = `alur_${randomBytes(KEY_BYTES).toString('base64url')}`;
  const added = await addApiKey(pathFrom(io, dir), given, { name, key, scopes });
  if (added.kind !== 'added') {
    const reason = added.kind === 'name_taken' ? 'a key has this name' : 'this is no name of a key';
    const fix =
      added.kind === 'name_taken'
        ? 'choose another name, or revoke that key first'
        : 'use lower-case letters, digits and dashes, 63 at most, and not key-1 or the like';
    throw new CliError('invalidInput', `Cannot add the key "${name}": ${reason}`, fix);
  }
  const { place } = added;
  return {
    exit: EXIT.ok,
    data: { ...place, name, scopes, key },
    text: `${[
      `${colors.bold('Added')}: key "${name}" opens ${scopes.join(', ')} for ${nameOf(place)}`,
      '',
      `  ${colors.cyan(key)}`,
      '',
      'It is shown this once: the bundle keeps its SHA-256 only.',
      'Calls carry it as `Authorization: Bearer KEY`; the page /docs on the API port lists them all.',
      RELOAD,
    ].join('\n')}\n`,
  };
}

/** `alur keys list`. */
export async function listKeys(
  dir: string,
  given: Omit<KeyFlags, 'name'>,
  { io, colors }: Context,
): Promise<Outcome> {
  const keys = await listApiKeys(pathFrom(io, dir), given);
  const rows = keys.map(({ tenant, team, name, scopes }) => [
    tenant,
    team ?? '(all)',
    name,
    scopes.join(', '),
  ]);
  const text =
    rows.length === 0
      ? 'There is no key: the HTTP API refuses every call. Make one with `alur keys add`.\n'
      : renderTable(COLUMNS, rows, colors)
          .map((line) => `${line}\n`)
          .join('');
  return { exit: EXIT.ok, data: { keys: keys.map((key) => ({ ...key, team: key.team ?? null })) }, text };
}

/** `alur keys revoke`. */
export async function revokeKey(dir: string, given: KeyFlags, { io, colors }: Context): Promise<Outcome> {
  const { name } = given;
  const revoked = await revokeApiKey(pathFrom(io, dir), given, name);
  const where = nameOf(revoked.place);
  if (revoked.kind === 'absent') {
    const fix =
      revoked.names.length === 0
        ? 'it has none; `alur keys list` shows all'
        : `there is ${revoked.names.join(', ')}`;
    throw new CliError('notFound', `Cannot revoke the key "${name}": ${where} has no such key`, fix);
  }
  return {
    exit: EXIT.ok,
    data: { ...revoked.place, name },
    text: `${colors.bold('Revoked')}: key "${name}" of ${where}\n${RELOAD}\n`,
  };
}

function parseScopes(text: string | undefined): readonly ApiScope[] {
  if (text === undefined) return ApiScope.options;
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const scopes = ApiScope.options.filter((scope) => words.includes(scope));
  const unknown = words.filter((word) => !scopes.some((scope) => scope === word));
  if (unknown.length === 0 && scopes.length > 0) return scopes;
  const reason =
    unknown.length === 0
      ? 'there is none'
      : `there is no ${unknown.map((word) => `"${word.slice(0, 64)}"`).join(', ')}`;
  throw new CliError('usage', `Cannot use --scopes: ${reason}`, `give any of ${ApiScope.options.join(', ')}`);
}

function nameOf({ tenant, team }: BundlePlace): string {
  return team === undefined ? `every team of tenant ${tenant}` : `team ${tenant}/${team}`;
}
