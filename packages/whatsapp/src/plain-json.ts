import { type Json, type JsonObject } from '@alur/types';

/**
 * A copy with only what JSON can carry: members that are undefined or called `__proto__` are left out. Undefined when
 * the value holds something else, such as a number beyond the double range (`1e999` parses to Infinity).
 */
export function plainJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) return plainArray(value);
  return typeof value === 'object' ? plainObject(value) : undefined;
}

/** `plainJson` of an object; undefined for anything else. */
export function plainObject(value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const copy: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__' || member === undefined) continue;
    const plain = plainJson(member);
    if (plain === undefined) return undefined;
    copy[key] = plain;
  }
  return copy;
}

/** `plainJson` of an array; undefined for anything else. */
export function plainArray(value: unknown): Json[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const copy: Json[] = [];
  for (const member of value) {
    const plain = plainJson(member);
    if (plain === undefined) return undefined;
    copy.push(plain);
  }
  return copy;
}
