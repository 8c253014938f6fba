import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { BundleError, mediaFacts, readFlowPlaces, readMediaFiles } from '@alur/bundle';
import type { TemplateDefinition } from '@alur/types';
import type { Fault } from './cli-error.ts';
import type { Io } from './io.ts';

/** What flows are checked against beside each other; what is not known is missing. */
export interface Surroundings {
  templates?: readonly TemplateDefinition[];
  mediaFiles?: ReturnType<typeof mediaFacts>;
}

interface Around {
  /** One for each WABA whose numbers run these flows, and at least one. */
  all: [Surroundings, ...Surroundings[]];
  /** What is wrong with files of templates. */
  faults: Fault[];
}

/** Templates that go before those of the bundle, by WABA. */
export type NewerTemplates = ReadonlyMap<string, readonly TemplateDefinition[]>;

const NOTHING: Around = { all: [{}], faults: [] };
const BUNDLE_FILE = 'bundle.yaml';

/**
 * What the bundle says that these files are of: the nearest one upwards of the first. Without a bundle, or with one that cannot be
 * read, nothing is known, and flows are checked by themselves.
 */
export async function surroundingsOf(
  sources: readonly { path: string; text: string }[],
  io: Io,
  newer?: NewerTemplates,
): Promise<Around> {
  const files = sources.map(({ path }) => resolve(io.cwd, path));
  const dir = files[0] === undefined ? undefined : await nearestBundle(dirname(files[0]));
  const read = dir === undefined ? undefined : await readPlaces(dir);
  if (dir === undefined || !read) return NOTHING;
  // Media files are hashed as they are read, which takes long where nobody asks for it.
  const namesMedia = sources.some(({ text }) => text.includes('media/'));
  const media = namesMedia ? { mediaFiles: await readMedia(dir) } : {};
  const own = read.places.filter(({ flowsDir }) => files.some((file) => isIn(flowsDir, file)));
  const pulled = new Set(own.map((place) => newer?.get(place.businessAccountId ?? '') ?? place.templates));
  pulled.delete(undefined);
  const [first = media, ...others] = [...pulled].map((templates) => ({
    ...media,
    ...(templates && { templates }),
  }));
  return { all: [first, ...others], faults: read.problems };
}

async function readMedia(dir: string): Promise<ReturnType<typeof mediaFacts>> {
  const { files, problems } = await readMediaFiles(dir);
  return mediaFacts({ mediaFiles: files, mediaProblems: problems });
}

async function readPlaces(dir: string): Promise<Awaited<ReturnType<typeof readFlowPlaces>> | undefined> {
  try {
    return await readFlowPlaces(dir);
  } catch (error) {
    // Another tool's file of this name, or a bundle that `alur validate` of its folder tells of.
    if (error instanceof BundleError) return undefined;
    throw error;
  }
}

async function nearestBundle(from: string): Promise<string | undefined> {
  for (let dir = from; ; dir = dirname(dir)) {
    const found = await stat(join(dir, BUNDLE_FILE)).catch(() => undefined);
    if (found?.isFile()) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}

function isIn(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
