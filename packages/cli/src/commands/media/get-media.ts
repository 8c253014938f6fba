import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { endingOfType, type Bundle, type BusinessNumber } from '@alur/bundle';
import type { MediaOutcome } from '@alur/whatsapp';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { pathFrom, type Io } from '../../io.ts';
import { openGraph } from '../../open-graph.ts';
import { readPlaceBundle, type PlaceFlags } from '../../place.ts';
import { printable } from '../../printable.ts';
import { numberOf } from '../numbers/number-of.ts';
import { mediaFailure } from './media-failure.ts';

export interface GetFlags extends Pick<PlaceFlags, 'bundle'> {
  id: string;
  number?: string;
  sha256?: string;
  out?: string;
}

const MEDIA_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** `alur media get`: fetches a file that a contact sent. Never writes over another file. */
export async function getMedia(given: GetFlags, { io }: Context): Promise<Outcome> {
  if (!MEDIA_ID.test(given.id)) {
    const message = `"${printable(given.id)}" is no media id`;
    throw new CliError('usage', message, 'give it as the event has it, such as 1003383421387256');
  }
  const bundle = await readPlaceBundle(given, io);
  const number = wantedNumber(bundle, given.number);
  // Which ending it gets is known when it is here.
  const first = given.out ?? `${given.id}.part`;
  await refuseTaken(io, first);
  const outcome = await fetchFrom(bundle, number, { given, file: pathFrom(io, first), io });
  if (outcome.kind !== 'ok') throw mediaFailure(outcome, { id: given.id, number, overrides: bundle.errors });
  const { bytes, mimeType, sha256 } = outcome;
  const file = given.out ?? (await nameByType(io, { first, id: given.id, mimeType }));
  return {
    exit: EXIT.ok,
    data: { file, bytes, mimeType, sha256 },
    text: `${file}: ${bytes} bytes, ${printable(mimeType)}\n`,
  };
}

function wantedNumber(bundle: Bundle, id: string | undefined): BusinessNumber {
  if (id !== undefined) return numberOf(bundle, id);
  const numbers = bundle.tenants.flatMap(({ teams }) => teams).flatMap((team) => team.numbers);
  const [number] = numbers;
  if (number !== undefined && numbers.length === 1) return number;
  const message = `Cannot choose a number: the bundle has ${numbers.length}`;
  throw new CliError('usage', message, 'name the one that got the file with --number');
}

async function fetchFrom(
  bundle: Bundle,
  number: BusinessNumber,
  { given, file, io }: { given: GetFlags; file: string; io: Io },
): Promise<MediaOutcome> {
  const graph = openGraph(bundle, io);
  try {
    return await graph.fetchMedia({
      mediaId: given.id,
      number: number.id,
      token: number.accessToken,
      apiVersion: number.apiVersion,
      ...(given.sha256 !== undefined && { sha256: given.sha256 }),
      file,
    });
  } finally {
    graph.close();
  }
}

async function nameByType(
  io: Io,
  { first, id, mimeType }: { first: string; id: string; mimeType: string },
): Promise<string> {
  const name = `${id}.${endingOfType(mimeType) ?? 'bin'}`;
  try {
    await refuseTaken(io, name);
    await rename(pathFrom(io, first), pathFrom(io, name));
  } catch (error) {
    await rm(pathFrom(io, first), { force: true });
    throw error;
  }
  return name;
}

async function refuseTaken(io: Io, path: string): Promise<void> {
  const isThere = async (full: string) => (await stat(full).catch(() => undefined)) !== undefined;
  if (await isThere(pathFrom(io, path))) {
    const message = `Cannot write "${path}": there is such a file already`;
    throw new CliError('refused', message, 'name another one with --out');
  }
  if (await isThere(dirname(pathFrom(io, path)))) return;
  const message = `Cannot write "${path}": there is no folder "${dirname(path)}"`;
  throw new CliError('notFound', message, 'make the folder, or choose another one');
}
