import { type Json } from '@alur/types';

export type ReadJson = { ok: true; json: Json } | { ok: false; reason: 'not_json' | 'too_deep' };

/** How deep arrays and objects may stand in each other; Meta's own bodies stay under 16. */
const DEPTH_MAX = 64;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A number of so many digits that a double may not hold it; quick to look for, and sometimes wrong inside of a string. */
const MAY_BE_INEXACT = /[:,[]\s*-?[0-9]{16}/;
const STRING_OR_LONG_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![0-9.eE+-])-?[0-9]{16,}(?![0-9.eE])/g;

const parseJson: (text: string) => Json = JSON.parse;

/** Reads bytes as JSON without ever throwing. Bytes that are not UTF-8 become U+FFFD, a byte order mark is dropped. */
export function readJson(body: Buffer): ReadJson {
  const bytes = body.subarray(0, BOM.length).equals(BOM) ? body.subarray(BOM.length) : body;
  if (isTooDeep(bytes)) return { ok: false, reason: 'too_deep' };
  try {
    const text = bytes.toString('utf8');
    const json = parseJson(text);
    // Only now, that the text is JSON: in other text the search could take long.
    return { ok: true, json: MAY_BE_INEXACT.test(text) ? parseJson(withExactIds(text)) : json };
  } catch {
    return { ok: false, reason: 'not_json' };
  }
}

// Meta writes some ids as numbers. One that a double cannot hold becomes text with all its digits.
function withExactIds(text: string): string {
  return text.replace(STRING_OR_LONG_NUMBER, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
  );
}

// Before JSON.parse, which recurses: brackets are counted outside of strings. In text that is not JSON the
// count may be off, but then the parser refuses it at the same depth or earlier.
function isTooDeep(bytes: Buffer): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at + 1);
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
