import { type Json } from '@alur/types';

/** Bytes of a value as JSON in UTF-8, counted without writing it. */
export function jsonBytes(value: Json): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value) + 2;
    case 'object':
      return value === null ? 4 : aggregateBytes(value);
    default:
      return String(value).length;
  }
}

function aggregateBytes(value: Json[] | { [key: string]: Json }): number {
  const isList = Array.isArray(value);
  const sizes = isList
    ? value.map(jsonBytes)
    : Object.entries(value).map(([key, item]) => entryBytes(key, item));
  // Brackets, and a comma after each item but the last.
  return sizes.reduce((sum, size) => sum + size, 2 + Math.max(0, sizes.length - 1));
}

/** Of `"key":value`, without a comma. */
export function entryBytes(key: string, value: Json): number {
  return textBytes(key) + 3 + jsonBytes(value);
}

const ESCAPED = /["\\\b\f\n\r\t]/;

function textBytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x20 && code < 0x80) bytes += code === 0x22 || code === 0x5c ? 2 : 1;
    else if (code < 0x20) bytes += ESCAPED.test(text.charAt(index)) ? 2 : 6;
    else if (code < 0x800) bytes += 2;
    else if (isPair(code, text.charCodeAt(index + 1))) {
      bytes += 4;
      index += 1;
    } else bytes += code >= 0xd800 && code < 0xe000 ? 6 : 3;
  }
  return bytes;
}

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
