import { readCsv } from './read-csv.ts';
import { readLines } from './read-lines.ts';
import type { ReadRow, ReadStart, RecipientsFormat } from './read-row.ts';

/** Reads a file of recipients piece by piece, holding no more than a few lines of it. */
export function readRows(
  input: AsyncIterable<Uint8Array | string>,
  format: RecipientsFormat,
): AsyncGenerator<ReadStart | ReadRow> {
  return format === 'csv' ? readCsv(input) : readLines(input, format);
}

export type { ReadRow, ReadStart, RecipientsFormat } from './read-row.ts';
