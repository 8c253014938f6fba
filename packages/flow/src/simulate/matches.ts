import { type Json } from '@alur/types';
import { RE2JS } from 're2js';

/** Whether a pattern is a regular expression of the RE2 kind. */
export function isPattern(pattern: string): boolean {
  try {
    return RE2JS.compile(pattern) instanceof RE2JS;
  } catch {
    return false;
  }
}

/**
 * Whether something is what was expected. Of a map only the keys that are expected count, and null means that a key is
 * not there; a list has as many entries; a text in the place of a button or row is its id or title; `{match: pattern}` is
 * any text in which the pattern is found.
 */
export function matches(expected: Json, got: Json | undefined): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((each, index) => matches(each, got[index]))
    );
  }
  if (isMap(expected)) {
    const { match, ...others } = expected;
    if (typeof match === 'string' && Object.keys(others).length === 0) {
      return typeof got === 'string' && RE2JS.compile(match).matcher(got).find();
    }
    return isMap(got) && Object.entries(expected).every(([key, value]) => matches(value, got[key]));
  }
  if (typeof expected === 'string' && isMap(got)) return got['id'] === expected || got['title'] === expected;
  return expected === (got ?? null);
}

/** Whether a value is a map. */
export function isMap(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
