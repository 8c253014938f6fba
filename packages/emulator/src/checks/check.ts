import { type Refusal, badParameter, missingParameter } from '../graph/refusal.ts';

// A message is checked by a table of these, so that each rule stands beside its member and the refusal
// carries Meta's own text and path (`interactive['action']['buttons'][0]['reply']['id']`).

/** Says what Meta would say about a value, or nothing when the value is fine. */
export type Check = (value: unknown, path: string) => Refusal | undefined;

/** An empty string counts as missing, as it does for Meta. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function must(check: Check): Check {
  return (value, path) => (isMissing(value) ? missingParameter(path) : check(value, path));
}

export function may(check: Check): Check {
  return (value, path) => (value === undefined || value === null ? undefined : check(value, path));
}

/** The first refusal of several checks of one value. */
export function all(...checks: Check[]): Check {
  return (value, path) => {
    for (const check of checks) {
      const refusal = check(value, path);
      if (refusal) return refusal;
    }
    return undefined;
  };
}

/** An object with these members and no others. */
export function members(shape: Record<string, Check>): Check {
  const keys = new Set(Object.keys(shape));
  const inner = looseMembers(shape);
  return (value, path) => {
    if (isRecord(value)) {
      const extra = Object.keys(value).find((key) => !keys.has(key));
      if (extra !== undefined) return badParameter(`Unexpected key "${extra}" on param "${path}".`);
    }
    return inner(value, path);
  };
}

/** An object with at least these members. */
export function looseMembers(shape: Record<string, Check>): Check {
  const entries = Object.entries(shape);
  return (value, path) => {
    if (!isRecord(value)) return badParameter(`Param ${path} must be a JSON object.`);
    for (const [key, check] of entries) {
      const refusal = check(value[key], `${path}['${key}']`);
      if (refusal) return refusal;
    }
    return undefined;
  };
}

/** An array whose items are each fine. Its size is checked by `size`, first. */
export function items(check: Check, size: (count: number) => Refusal | undefined = () => undefined): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return badParameter(`Param ${path} must be an array.`);
    const wrongSize = size(value.length);
    if (wrongSize) return wrongSize;
    for (const [index, item] of value.entries()) {
      const refusal = check(item, `${path}[${index}]`);
      if (refusal) return refusal;
    }
    return undefined;
  };
}

/** A string of at most `max` UTF-16 units; `tooLong` replaces the general text where Meta has its own. */
export function text(max: number, tooLong?: () => Refusal): Check {
  return (value, path) => {
    if (typeof value !== 'string') return badParameter(`Param ${path} must be a string.`);
    if (value.length <= max) return undefined;
    return tooLong?.() ?? badParameter(`Param ${path} must be at most ${max} characters long.`);
  };
}

/** One of these words in any case; the refusal lists them in capitals, as Meta's does. */
export function oneOf(...words: string[]): Check {
  const known = new Set(words.map((word) => word.toLowerCase()));
  const list = words.map((word) => word.toUpperCase()).join(', ');
  return (value, path) =>
    typeof value === 'string' && known.has(value.toLowerCase())
      ? undefined
      : badParameter(`Param ${path} must be one of {${list}} - got ${JSON.stringify(value)}.`);
}

export const boolean: Check = (value, path) =>
  typeof value === 'boolean' ? undefined : badParameter(`Param ${path} must be a boolean.`);

const WEB_ADDRESS = /^https?:\/\/\S+$/i;

export const webAddress: Check = (value, path) =>
  typeof value === 'string' && WEB_ADDRESS.test(value)
    ? undefined
    : badParameter(`Param ${path} must be a valid URI.`);

/** A number, or a numeric string, between -limit and limit. */
export function coordinate(limit: number): Check {
  return (value, path) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      return badParameter(`Param ${path} must be a number.`);
    }
    return Math.abs(number) <= limit
      ? undefined
      : badParameter(`Param ${path} must be between -${limit} and ${limit}.`);
  };
}

/** A whole number, or one written as a string, in the range. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Check {
  return (value, path) => {
    const isWritten = typeof value === 'string' && /^-?\d+$/.test(value);
    const number = isWritten ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
      return badParameter(`Param ${path} must be an integer.`);
    }
    if (number >= min && number <= max) return undefined;
    return badParameter(`Param ${path} must be between ${min} and ${max}.`);
  };
}

/** A value as it is written where text stands: a string, or a number in digits; empty for anything else. */
export function written(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Accepts anything. */
export const anything: Check = () => undefined;
