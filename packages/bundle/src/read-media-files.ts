import { createHash } from 'node:crypto';
import { constants, type Dirent, type Stats } from 'node:fs';
import { open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { MediaFilePath, readAs } from '@alur/types';
import { HEAD_BYTES, MEDIA_EXTENSIONS, bytesMaxOf, looksLike, typeOfName } from './media-type.ts';
import type { Problem } from './problem.ts';

/** A file of the bundle that messages can show. */
export interface MediaFile {
  /** As flows name it: `media/menu.pdf`. */
  path: string;
  /** Where it is. */
  absolute: string;
  bytes: number;
  mimeType: string;
  /** Hex. */
  sha256: string;
  /** Changes whenever the file may have. */
  stamp: string;
}

/** What a bundle's media folder holds: the files that are good, and what is wrong with the others. */
export interface MediaFolder {
  files: ReadonlyMap<string, MediaFile>;
  problems: readonly Problem[];
}

const MEDIA_DIR = 'media';
export const MEDIA_FILES_MAX = 1_000;
const MEDIA_BYTES_MAX = 2 * 1024 * 1024 * 1024;

type Fault = Omit<Problem, 'file'>;
const CHUNK_BYTES = 262_144;
const NO_FILE = 'it is no regular file';
const NO_FILE_FIX = 'put the file itself there';

/**
 * Reads and hashes every file under `media/` of a bundle, sorted by path. Names that begin with a dot are passed over, a folder that is
 * not there is empty. A file with a fault is left out and told of: only what uses it fails. Files that `known` has and that have not
 * changed since are not read again.
 */
export async function readMediaFiles(
  dir: string,
  known: ReadonlyMap<string, MediaFile> = new Map(),
): Promise<MediaFolder> {
  const folder = join(dir, MEDIA_DIR);
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) return { files: new Map(), problems: [] };
  const files = new Map<string, MediaFile>();
  const problems: Problem[] = [];
  let bytes = 0;
  for (const absolute of await listFiles(folder)) {
    const path = [MEDIA_DIR, ...relative(folder, absolute).split(sep)].join('/');
    const result =
      files.size === MEDIA_FILES_MAX
        ? fault(`there are more than ${MEDIA_FILES_MAX} files`, 'take out what no flow shows')
        : await readMediaFile({ root, absolute, path, bytesLeft: MEDIA_BYTES_MAX - bytes }, known.get(path));
    if ('message' in result) {
      problems.push({ file: path, ...result });
      continue;
    }
    bytes += result.bytes;
    files.set(path, result);
  }
  return { files, problems };
}

// Links to folders stand here as files, and are told of when they are read: two in a circle would never end.
async function listFiles(folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path)
          .split(sep)
          .some((part) => part.startsWith('.')),
    )
    .sort();
}

interface Place {
  root: string;
  absolute: string;
  path: string;
  bytesLeft: number;
}

async function readMediaFile(place: Place, known: MediaFile | undefined): Promise<MediaFile | Fault> {
  const { root, absolute, path } = place;
  if (!readAs(MediaFilePath, path).success) {
    return fault('flows cannot name it', 'give it a path of at most 256 characters without backslashes');
  }
  const type = typeOfName(path);
  if (type === undefined) {
    return fault('its ending is none that WhatsApp takes', `use one of ${MEDIA_EXTENSIONS.join(', ')}`);
  }
  try {
    const real = await realpath(absolute);
    if (!real.startsWith(root + sep)) {
      return fault('the link leads out of the media folder', 'put the file itself there');
    }
    if (!(await stat(real)).isFile()) return fault(NO_FILE, NO_FILE_FIX);
    // A link or a pipe that has come in its place since is not followed, and not waited for.
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await checkFile(file, place, known);
    } finally {
      await file.close();
    }
  } catch {
    return fault('the file cannot be read', 'check the link or the permissions');
  }
}

async function checkFile(
  file: FileHandle,
  { absolute, path, bytesLeft }: Place,
  known: MediaFile | undefined,
): Promise<MediaFile | Fault> {
  const before = await file.stat();
  if (!before.isFile()) return fault(NO_FILE, NO_FILE_FIX);
  const bytes = before.size;
  if (bytes > bytesLeft) return fault('all files together are over 2 GiB', 'take out what no flow shows');
  if (known?.stamp === stampOf(before)) return known;
  const type = typeOfName(path) ?? { mimeType: '' };
  const head = Buffer.alloc(HEAD_BYTES);
  await file.read(head, 0, HEAD_BYTES, 0);
  if (bytes === 0) return fault('the file is empty', 'put the file there again');
  if (!looksLike(type, head)) {
    return fault(`it does not begin as ${type.mimeType} does`, 'give it the ending of what it is');
  }
  const bytesMax = bytesMaxOf(type.mimeType, head);
  if (bytes > bytesMax) {
    return fault(`it has ${bytes} bytes; ${type.mimeType} may have ${bytesMax}`, 'make it smaller');
  }
  const sha256 = await hashOf(file, bytes);
  if (sha256 === undefined) return fault('it changes while it is read', 'load the bundle again');
  return { path, absolute, bytes, mimeType: type.mimeType, sha256, stamp: stampOf(before) };
}

async function hashOf(file: FileHandle, bytes: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let read = 0;
  while (read <= bytes) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, read);
    if (bytesRead === 0) break;
    hash.update(chunk.subarray(0, bytesRead));
    read += bytesRead;
  }
  return read === bytes ? hash.digest('hex') : undefined;
}

// Size and time of change alone can be the same for another file that was moved here.
function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(':');
}

function fault(message: string, fix: string): Fault {
  return { message, fix };
}
