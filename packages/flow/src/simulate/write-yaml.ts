import { type Json, type JsonObject } from '@alur/types';
import { stringify } from 'yaml';
import { isMap } from './matches.ts';

// One line each, in a form that may stand in a block as well as between brackets: what is put into an author's file must
// not care for the lines around it.

/** A value as YAML on one line. */
export function oneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (!isMap(value)) return scalar(value);
  const entries = Object.entries(value).map(([key, each]) => `${scalar(key)}: ${oneLine(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

const OPTIONS = {
  collectionStyle: 'flow',
  flowCollectionPadding: false,
  lineWidth: 0,
  singleQuote: true,
} as const;

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  // What JSON escapes, YAML reads between double quotes; it would fold a line break otherwise.
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) return JSON.stringify(value);
  // Between brackets, so that a text is quoted where it would end early there.
  const text = stringify([value], OPTIONS);
  return text.trim().slice(1, -1).trim();
}

/** A message of `deliveryView` as an author would expect it. */
export function asExpected(view: JsonObject): Json {
  const { components, parameters, list, ...rest } = view;
  const text = rest['text'];
  if (Object.keys(view).length === 1 && typeof text === 'string') return text;
  return {
    ...rest,
    ...(list !== undefined && { list: Array.isArray(list) ? list.map(shortRow) : list }),
    ...templateParts(components, parameters),
  };
}

// Of a row the id says enough; what it says to the contact is the flow's.
function shortRow(row: Json): Json {
  return isMap(row) && row['id'] !== undefined ? row['id'] : row;
}

function templateParts(components: Json | undefined, parameters: Json | undefined): JsonObject {
  const onlyBody = Array.isArray(components) && components.length === 1 && parameters !== undefined;
  if (onlyBody) return { parameters };
  return { ...(components !== undefined && { components }) };
}
