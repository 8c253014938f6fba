import type { Json } from '@alur/types';
import { WebFailure } from './web-failure.ts';

const HEADERS_MAX = 100;
const DEPTH_MAX = 40;
/** A shorter secret is found in any text. */
const HIDDEN_MIN = 6;
const HIDDEN = '***';

/** Replaces secrets in a text. */
export type Hide = (text: string) => string;

/** Makes the secrets of a call unreadable in what comes back: services repeat what they refuse. */
export function hiderOf(secrets: ReadonlySet<string>): Hide {
  const found = [...secrets]
    .filter((secret) => secret.length >= HIDDEN_MIN)
    .sort((a, b) => b.length - a.length);
  return (text) => found.reduce((result, secret) => result.replaceAll(secret, HIDDEN), text);
}

/** The first headers of an answer by their lower-cased names. Cookies are left out: no call sends one back. */
export function readHeaders(raw: readonly string[], hide: Hide): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = hide(raw[index + 1] ?? '');
    const before = headers.get(name);
    if (name === '__proto__' || name.startsWith('set-cookie')) continue;
    if (before !== undefined) headers.set(name, `${before}, ${value}`);
    else if (headers.size < HEADERS_MAX) headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

/** The body of an answer: data when its type says JSON, null when it is empty, else its text. Throws `WebFailure`. */
export function readBody(bytes: Buffer, contentType: string, hide: Hide): Json {
  if (bytes.length === 0) return null;
  const text = decode(bytes);
  const [type = ''] = contentType.toLowerCase().split(';');
  if (!/^\s*(?:application|text)\/(?:[a-z0-9.!#$&^_-]+\+)?json\s*$/.test(type)) return hide(text);
  return tidy(parseJson(text), hide, 0);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new WebFailure(
      'bad_answer',
      'the answer is no text in UTF-8; call a service that answers JSON or text',
      { cause },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without its cause: the parser quotes the text.
    throw new WebFailure('bad_json', 'the answer calls itself JSON but is none');
  }
}

/**
 * The value as it will be read back when it has been stored, since a turn that is repeated must see the same: no infinity, no
 * minus zero, no half of a surrogate pair.
 */
function tidy(value: unknown, hide: Hide, depth: number): Json {
  if (depth > DEPTH_MAX) throw new WebFailure('bad_json', `the answer is nested more than ${DEPTH_MAX} deep`);
  if (typeof value === 'string') return hide(toWellFormed(value));
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw new WebFailure('bad_json', 'the answer holds a number that is too large');
    return value === 0 ? 0 : value;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => tidy(item, hide, depth + 1));
  const entries = Object.entries(value).filter(([key]) => key !== '__proto__');
  return Object.fromEntries(
    entries.map(([key, item]) => [hide(toWellFormed(key)), tidy(item, hide, depth + 1)]),
  );
}

/** A text that UTF-8 can hold: half of a surrogate pair becomes a replacement character. */
export function toWellFormed(text: string): string {
  return Buffer.from(text).toString();
}
