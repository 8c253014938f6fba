import { type JsonObject, readAs } from '@alur/types';
import { PassedObject } from './fields.ts';
import { readJson } from './read-json.ts';

/** A form's answers. Meta sends them as JSON text inside of JSON; undefined when that text is no object or too deep. */
export function readForm(responseJson: string): JsonObject | undefined {
  const read = readJson(Buffer.from(responseJson));
  return read.ok ? readAs(PassedObject, read.json).data : undefined;
}
