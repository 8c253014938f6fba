import { formatProblem, type Bundle, type BusinessNumber, type MediaFile } from '@alur/bundle';
import { findMediaIds, shardOf, type UploadedMedia } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Colors, Io } from '../../io.ts';
import { isoTime } from '../../moments.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { renderTable } from '../../render-table.ts';

interface Uploads {
  /** By number, then by the file's hash; undefined where Redis cannot be asked. */
  ids: ReadonlyMap<BusinessNumber, ReadonlyMap<string, UploadedMedia>> | undefined;
  warnings: readonly string[];
}

/** `alur media list`: the files that messages can show, and for which numbers Meta has them. Changes nothing. */
export async function listMedia(given: PlaceFlags, { io, colors }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  const files = [...bundle.mediaFiles.values()];
  const uploads = await findUploads(bundle, given, io);
  return {
    exit: EXIT.ok,
    data: { files: files.map((file) => toJson(file, uploads)), problems: bundle.mediaProblems },
    text: render(files, uploads, colors),
    warnings: [...bundle.mediaProblems.map(formatProblem), ...uploads.warnings],
  };
}

async function findUploads(bundle: Bundle, given: PlaceFlags, io: Io): Promise<Uploads> {
  const hashes = [...new Set([...bundle.mediaFiles.values()].map(({ sha256 }) => sha256))];
  const numbers = bundle.tenants.flatMap(({ teams }) => teams).flatMap((team) => team.numbers);
  if (hashes.length === 0) return { ids: new Map(), warnings: [] };
  try {
    return await withPlace(given, io, async (place) => {
      const ids = new Map<BusinessNumber, ReadonlyMap<string, UploadedMedia>>();
      for (const number of numbers) {
        const at = { shard: shardOf(number.tenant, place.shards), number: number.id };
        ids.set(number, await findMediaIds(place.client, at, hashes));
      }
      return { ids, warnings: placeWarnings(place) };
    });
  } catch (error) {
    // The files can be seen without: only what Meta has of them is not known then.
    if (!(error instanceof CliError) || error.exit !== EXIT.notReady) throw error;
    return {
      ids: undefined,
      warnings: [`Which files Meta has is not known: ${error.message} (${error.fix})`],
    };
  }
}

function uploadsOf({ sha256 }: MediaFile, { ids }: Uploads) {
  return [...(ids ?? [])].flatMap(([{ id }, known]) => {
    const media = known.get(sha256);
    return media === undefined ? [] : [{ number: id, media }];
  });
}

function render(files: readonly MediaFile[], uploads: Uploads, colors: Colors): string {
  if (files.length === 0) return 'The bundle has no files to show: put them into its folder media.\n';
  const columns = [
    { head: 'FILE' },
    { head: 'BYTES', align: 'right' as const },
    { head: 'TYPE' },
    { head: 'UPLOADED FOR' },
  ];
  const rows = files.map((file) => {
    const numbers = uploadsOf(file, uploads).map(({ number }) => number);
    const at = uploads.ids === undefined ? 'not known' : numbers.join(', ');
    return [file.path, String(file.bytes), file.mimeType, at === '' ? 'no number yet' : at];
  });
  return [...renderTable(columns, rows, colors), ''].join('\n');
}

function toJson(file: MediaFile, uploads: Uploads) {
  const { path, bytes, mimeType, sha256 } = file;
  const known = uploadsOf(file, uploads).map(({ number, media }) => ({
    number,
    mediaId: media.id,
    at: isoTime(media.atMs),
  }));
  return { path, bytes, mimeType, sha256, uploads: uploads.ids === undefined ? null : known };
}
