import { setImmediate } from 'node:timers/promises';
import {
  hashesOf,
  type HashedWish,
  knownIds,
  setWishes,
  type ContactPlace,
  type RedisClient,
} from '@alur/store';
import { readRows } from '../rows/read-rows.ts';
import {
  type LineProblem,
  readWishLine,
  WISH_COLUMNS,
  type WishLine,
  type WishLineOptions,
} from './wish-line.ts';

/** What came of an import. */
export interface ImportedWishes {
  /** Lines by which something is other than before. */
  taken: number;
  /** Lines that say what is known, or something older. */
  unchanged: number;
  refused: number;
  /** The first hundred of what is wrong. */
  problems: LineProblem[];
  /** Nothing of the file could be read. */
  stopped?: 'file';
}

export interface ImportOptions extends WishLineOptions {
  /** With one bad line nothing is taken. */
  strict: boolean;
  format: 'csv' | 'ndjson';
  /** How many lines are held with `strict`; 200,000 when not given. */
  strictLinesMax?: number;
}

const PROBLEMS_MAX = 100;
const BATCH = 500;
// They are held until the last one is read, since a stream is read once.
const STRICT_LINES_MAX = 200_000;

/**
 * Takes the wishes of a file, holding some hundred lines of it at a time. A line that is wrong sinks no other; with `strict` all are held until the file
 * was read, 200,000 at most, and are taken only if all are right. May be repeated: the later wish stays.
 */
export async function importWishes(
  client: RedisClient,
  place: ContactPlace,
  input: AsyncIterable<Uint8Array | string>,
  options: ImportOptions,
): Promise<ImportedWishes> {
  const result: ImportedWishes = { taken: 0, unchanged: 0, refused: 0, problems: [] };
  const { strictLinesMax = STRICT_LINES_MAX } = options;
  let held: WishLine[] = [];
  let read = 0;
  for await (const line of readLines(input, options)) {
    read += 1;
    // Others have their turn too, in a file of bad lines as well.
    if (read % BATCH === 0) await setImmediate();
    if ('message' in line) {
      note(result, line);
      if (line.isOfFile === true) result.stopped = 'file';
      continue;
    }
    held.push(line);
    if (!options.strict && held.length >= BATCH) {
      await take(client, place, held, result);
      held = [];
    }
    if (held.length > strictLinesMax) {
      note(result, {
        line: 1,
        col: 1,
        message: `at most ${strictLinesMax} lines can be taken all or none`,
      });
      return result;
    }
  }
  if (options.strict && result.refused > 0) return result;
  for (let start = 0; start < held.length; start += BATCH) {
    await take(client, place, held.slice(start, start + BATCH), result);
  }
  return result;
}

function note(result: ImportedWishes, { line, col, message }: LineProblem): void {
  result.refused += 1;
  if (result.problems.length < PROBLEMS_MAX) result.problems.push({ line, col, message });
}

async function* readLines(
  input: AsyncIterable<Uint8Array | string>,
  options: ImportOptions,
): AsyncGenerator<WishLine | (LineProblem & { isOfFile?: true })> {
  for await (const row of readRows(input, options.format)) {
    if (row.kind === 'fatal') yield { line: 1, col: 1, message: row.message, isOfFile: true };
    else if (row.kind === 'bad') yield { line: row.line, col: row.col, message: row.message };
    else if (row.kind === 'row') yield readWishLine(row, options);
    else {
      const problem = options.format === 'csv' ? headingsProblem(row.headings) : undefined;
      if (problem === undefined) continue;
      yield { ...problem, isOfFile: true };
      return;
    }
  }
}

/** A column that nobody knows might be one that was misspelt. */
function headingsProblem(headings: readonly string[]): LineProblem | undefined {
  const known: readonly string[] = WISH_COLUMNS;
  const unknown = headings.findIndex((heading) => !known.includes(heading));
  const columns = WISH_COLUMNS.map((column) => `\`${column}\``).join(', ');
  if (unknown >= 0) {
    const message = `heading ${unknown + 1} is none of ${columns}; nothing was read`;
    return { line: 1, col: 1, message };
  }
  const doubled = headings.findIndex((heading, at) => headings.indexOf(heading) !== at);
  if (doubled >= 0)
    return { line: 1, col: 1, message: `heading ${doubled + 1} is there twice; nothing was read` };
  const names = ['wa_id', 'user_id', 'contact_hash'];
  if (headings.some((heading) => names.includes(heading))) return undefined;
  return { line: 1, col: 1, message: 'no heading is `wa_id`, `user_id` or `contact_hash`; nothing was read' };
}

async function take(
  client: RedisClient,
  place: ContactPlace,
  lines: readonly WishLine[],
  result: ImportedWishes,
): Promise<void> {
  const wishes = await Promise.all(lines.map((line) => toWish(client, place, line)));
  const taken = (await setWishes(client, place, wishes)).filter(Boolean).length;
  result.taken += taken;
  result.unchanged += lines.length - taken;
}

/** An opt-out holds under whichever id it stands; one that is taken back must be so under all that are known. */
async function toWish(client: RedisClient, place: ContactPlace, line: WishLine): Promise<HashedWish> {
  const { contact, ...wish } = line;
  if ('hash' in contact) return { ...wish, contacts: [contact.hash] };
  const ids = wish.change === 'in' ? await knownIds(client, place, contact) : [contact];
  return { ...wish, contacts: hashesOf(place.tenant, ids) };
}
