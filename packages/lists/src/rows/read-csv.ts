import { parse } from 'csv-parse';
import { z } from 'zod';
import { ROW_BYTES_MAX, type ReadRow, type ReadStart } from './read-row.ts';
import { peekable } from './text-of.ts';

const HEADINGS_BYTES_MAX = 16_384;
const DELIMITERS = [',', ';', '\t', '|'];

/** Reads CSV with a line of headings; holds no more than a few lines of it. */
export async function* readCsv(
  input: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<ReadStart | ReadRow> {
  const source = peekable(input);
  try {
    const head = await source.peek(HEADINGS_BYTES_MAX);
    const firstLine = head.split(/\r?\n/, 1)[0] ?? '';
    const problem = headProblem(head, firstLine);
    if (problem === undefined) yield* readRecords(source.rest(), delimiterOf(firstLine));
    else yield { kind: 'fatal', message: problem };
  } finally {
    await source.close();
  }
}

function headProblem(head: string, firstLine: string): string | undefined {
  if (head.trim() === '') return 'it is empty';
  if (head.includes('\0')) return 'it is no CSV: save the sheet as CSV in UTF-8';
  return firstLine.length >= HEADINGS_BYTES_MAX ? 'its line of headings is longer than 16 KiB' : undefined;
}

/** Sheets of some countries are saved with semicolons. */
function delimiterOf(line: string): string {
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter;
}

interface CsvRecord {
  record: string[];
  raw: string;
  info: { lines: number };
}

async function* readRecords(
  input: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<ReadStart | ReadRow> {
  const parser = openParser(delimiter);
  let headings: string[] | undefined;
  let line = 1;
  for await (const { records, fault } of batches(parser, input)) {
    for (const { record, raw, info } of records) {
      // Empty lines before it are in `raw`, and its own end is not in the count of lines.
      const first = info.lines - linesIn(raw.trim());
      line = info.lines + 1;
      if (headings === undefined) {
        headings = record.map((heading) => heading.trim());
        yield { kind: 'headings', headings };
      } else yield rowOf({ record, raw: raw.replace(/^[\r\n]+/, '') }, headings, first, delimiter);
    }
    if (fault !== undefined) yield { kind: 'bad', line, col: 1, message: wordsOf(fault) };
  }
}

function openParser(delimiter: string): CsvParser {
  const options = {
    delimiter,
    // By itself it takes the first line's end for that of all, and files are put together of several.
    record_delimiter: ['\r\n', '\n', '\r'],
    bom: true,
    info: true,
    raw: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: ROW_BYTES_MAX,
    // What was read before a fault is still to be had.
    autoDestroy: false,
  };
  return parse(options);
}

function linesIn(raw: string): number {
  return raw.split('\n').length - 1;
}

type CsvParser = ReturnType<typeof parse>;

/** What each piece of text completes; with `fault`, the last there is. */
async function* batches(
  parser: CsvParser,
  input: AsyncIterable<string>,
): AsyncGenerator<{ records: CsvRecord[]; fault?: string }> {
  let error: Error | undefined;
  parser.on('error', (err) => (error ??= err));
  const batch = () => {
    if (error !== undefined && !isCsvError(error)) throw error;
    const records = readAll(parser);
    return error === undefined ? { records } : { records, fault: error.code };
  };
  // The parser works while it is written to, and stands still while what it has read is not taken.
  for await (const piece of input) {
    parser.write(piece);
    do {
      await tick();
      const read = batch();
      yield read;
      if ('fault' in read) return;
    } while (parser.writableLength > 0);
  }
  parser.end();
  do {
    await tick();
    yield batch();
  } while (!parser.writableFinished && error === undefined);
}

/** Lets a fault be told. */
function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function readAll(parser: CsvParser): CsvRecord[] {
  const records: CsvRecord[] = [];
  for (let next = readOne(parser); next !== null; next = readOne(parser)) records.push(next);
  return records;
}

function readOne(parser: CsvParser): CsvRecord | null {
  return Read.parse(parser.read());
}

// As the parser's options have it.
const Read = z.custom<CsvRecord>((value) => typeof value === 'object').nullable();

function isCsvError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}

function wordsOf(code: string): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    return 'a quote is opened here, or later, and never closed: the rest was not read';
  if (code === 'CSV_MAX_RECORD_SIZE')
    return 'the line is longer than 64 KiB, or a quote is never closed: the rest was not read';
  return `the rest cannot be read as CSV (${code})`;
}

function rowOf(
  { record, raw }: { record: readonly string[]; raw: string },
  headings: readonly string[],
  line: number,
  delimiter: string,
): ReadRow {
  const bad = (col: number, message: string): ReadRow => ({ kind: 'bad', line, col, message });
  if (record.length !== headings.length) {
    const at = Math.min(record.length, headings.length) - 1;
    const message = `the line has ${record.length} values, and there are ${headings.length} headings`;
    return bad(columnOf(raw, at, delimiter), message);
  }
  const broken = record.findIndex((value) => value.includes('\uFFFD'));
  if (broken >= 0)
    return bad(columnOf(raw, broken, delimiter), 'the text is not UTF-8: save the file as UTF-8');
  const values = new Map(record.map((value, place) => [headings[place] ?? '', value.trim()]));
  return { kind: 'row', line, values, col: (heading) => columnOf(raw, headings.indexOf(heading), delimiter) };
}

/** Where a value begins in its line, in characters from 1. */
function columnOf(raw: string, place: number, delimiter: string): number {
  let passed = 0;
  let quoted = false;
  for (let at = 0; at < raw.length && passed < place; at += 1) {
    if (raw[at] === '"') quoted = !quoted;
    else if (raw[at] === delimiter && !quoted) {
      passed += 1;
      if (passed === place) return at + 2;
    }
  }
  return 1;
}
