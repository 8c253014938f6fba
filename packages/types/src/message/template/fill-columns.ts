import { z } from 'zod';
import type { Json, JsonObject } from '../../json.ts';

// A placeholder is a column's name in double braces, anywhere in a text of a template's components.
const PLACEHOLDER = /\{\{ *([^{}\n]{1,64}?) *\}\}/g;

const FilledTemplate = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null);

/** A text of a template that has placeholders, and where it stands. */
export interface ColumnSlot {
  path: readonly (string | number)[];
  text: string;
}

/** The texts of a template that have placeholders, in their order. */
export function columnSlots(template: Json, path: readonly (string | number)[] = []): ColumnSlot[] {
  if (typeof template === 'string')
    return template.search(PLACEHOLDER) >= 0 ? [{ path, text: template }] : [];
  if (typeof template !== 'object' || template === null) return [];
  const entries = Array.isArray(template) ? [...template.entries()] : Object.entries(template);
  return entries.flatMap(([key, value]) => columnSlots(value, [...path, key]));
}

/** The columns that a template needs, each once, in the order of their first use. */
export function columnsOf(template: JsonObject): string[] {
  const names = columnSlots(template).flatMap(({ text }) =>
    [...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? ''),
  );
  return [...new Set(names)];
}

/** The text with the values of its placeholders. What has no value becomes nothing. */
export function fillText(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => values.get(name) ?? '');
}

/** The template with the values of one recipient in place of its placeholders. */
export function fillColumns(template: JsonObject, values: ReadonlyMap<string, string>): JsonObject {
  return FilledTemplate.parse(fill(template, values));
}

function fill(value: Json, values: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return value.includes('{{') ? fillText(value, values) : value;
  if (Array.isArray(value)) return value.map((each) => fill(each, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, values)]));
}
