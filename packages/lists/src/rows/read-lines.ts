import { readAs } from '@alur/types';
import { z } from 'zod';
import { ROW_BYTES_MAX, type ReadRow } from './read-row.ts';
import { textOf } from './text-of.ts';

const Fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** Reads a JSON object, or a phone number, from each line. Empty lines are none. */
export async function* readLines(
  input: AsyncIterable<Uint8Array | string>,
  format: 'ndjson' | 'list',
): AsyncGenerator<ReadRow> {
  for await (const { line, text } of linesOf(input)) {
    if (text.length > ROW_BYTES_MAX) yield bad(line, 'the line is longer than 64 KiB');
    else if (text.includes('\uFFFD')) yield bad(line, 'the text is not UTF-8: save the file as UTF-8');
    else yield format === 'list' ? numberOf(line, text) : objectOf(line, text);
  }
}

function bad(line: number, message: string): ReadRow {
  return { kind: 'bad', line, col: 1, message };
}

function numberOf(line: number, text: string): ReadRow {
  return { kind: 'row', line, values: new Map([['wa_id', text.trim()]]), col: () => 1 };
}

function objectOf(line: number, text: string): ReadRow {
  const fields = readAs(Fields, jsonOf(text));
  if (!fields.success) return bad(line, 'the line is no JSON object of texts and numbers');
  const values = new Map(
    Object.entries(fields.data).map(([name, value]) => [name, String(value ?? '').trim()]),
  );
  const col = (name: string) => Math.max(0, text.indexOf(JSON.stringify(name))) + 1;
  return { kind: 'row', line, values, col };
}

/** undefined, which no JSON is, for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Lines that say something, with their numbers. Of one that is far too long only the beginning is kept. */
async function* linesOf(
  input: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<{ line: number; text: string }> {
  let rest = '';
  let line = 0;
  for await (const piece of textOf(input)) {
    const parts = `${rest}${piece}`.split('\n');
    rest = (parts.pop() ?? '').slice(0, 2 * ROW_BYTES_MAX);
    for (const text of parts) {
      line += 1;
      if (text.trim() !== '') yield { line, text };
    }
  }
  if (rest.trim() !== '') yield { line: line + 1, text: rest };
}
