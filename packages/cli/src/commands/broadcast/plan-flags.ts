import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { BroadcastBody, draftPlan, type RecipientsFormat } from '@alur/lists';
import { findTeam, type Bundle, type BusinessNumber, type Team } from '@alur/bundle';
import type { BroadcastPlan } from '@alur/store';
import { readAs } from '@alur/types';
import { CliError } from '../../cli-error.ts';
import { pathFrom, type Io } from '../../io.ts';
import type { PlaceFlags } from '../../place.ts';

export interface FileFlags extends PlaceFlags {
  format?: RecipientsFormat;
  strict: boolean;
}

export interface PlanFlags extends FileFlags {
  template: string;
  file?: string;
  tenant: string;
  team: string;
  number?: string;
  column?: string[];
  stopAtFailedPercent?: string;
}

const FORMATS: readonly (readonly [RegExp, RecipientsFormat])[] = [
  [/\.(ndjson|jsonl)$/i, 'ndjson'],
  [/\.(txt|list)$/i, 'list'],
];

export function formatOf(file: string, { format }: FileFlags): RecipientsFormat {
  return format ?? FORMATS.find(([name]) => name.test(file))?.[1] ?? 'csv';
}

/** A file as it is read, piece by piece; `-` is standard input. */
export function openFile(file: string, io: Io): AsyncIterable<Uint8Array | string> {
  return file === '-' ? io.stdin : createReadStream(pathFrom(io, file));
}

/** Where local numbers of a team are. */
export function countryOf({ locale }: Team): string | undefined {
  return locale === undefined ? undefined : new Intl.Locale(locale).region;
}

export interface Planned {
  team: Team;
  number: BusinessNumber;
  plan: BroadcastPlan;
}

/** What the options say, checked as the API checks it. Throws `CliError` with everything that is wrong. */
export async function readPlan(name: string, given: PlanFlags, bundle: Bundle, io: Io): Promise<Planned> {
  const team = findTeam(bundle, given.tenant, given.team);
  if (!team)
    throw new CliError(
      'notFound',
      `There is no team ${given.tenant}/${given.team} in the bundle`,
      'name it with --tenant and --team',
    );
  const number =
    given.number === undefined && team.numbers.length === 1
      ? team.numbers[0]
      : team.numbers.find(({ id }) => id === given.number);
  if (!number)
    throw new CliError(
      'usage',
      'It is not clear which number writes',
      `give --number: ${team.numbers.map(({ id }) => id).join(', ')}`,
    );
  const body = readAs(BroadcastBody, {
    name,
    template: await readTemplate(given.template, io),
    columns: columnsOf(given.column ?? []),
    ...(given.stopAtFailedPercent !== undefined && {
      stop_at_failed_percent: Number(given.stopAtFailedPercent),
    }),
  });
  if (!body.success)
    throw unfit(body.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const drafted = draftPlan(body.data, number.id, team);
  if (!('plan' in drafted)) throw unfit(drafted.problems.map(({ at, message }) => `${at}: ${message}`));
  return { team, number, plan: drafted.plan };
}

function unfit(problems: readonly string[]): CliError {
  return new CliError(
    'invalidInput',
    `Cannot use the broadcast:\n${problems.join('\n')}`,
    'mend what is named',
  );
}

async function readTemplate(file: string, io: Io): Promise<unknown> {
  try {
    return JSON.parse(await readFile(pathFrom(io, file), 'utf8'));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'it is no JSON' : 'it cannot be read';
    throw new CliError(
      'invalidInput',
      `Cannot use the template in ${file}: ${why}`,
      'give a file with the template object',
      { cause },
    );
  }
}

function columnsOf(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
    throw new CliError('usage', 'Cannot read --column', 'use the form --column name="First name"');
  });
  return Object.fromEntries(entries);
}
