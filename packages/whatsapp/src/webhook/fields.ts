import { type Json, type JsonObject } from '@alur/types';
import { z } from 'zod';
import { plainArray, plainJson, plainObject } from '../plain-json.ts';

/** Longest text, title or id that is taken from a message; WhatsApp lets a person write 65,536 characters. */
const FIELD_CHARS_MAX = 65_536;
/** Longest wamid; Meta's are under 130 today and have no documented length. */
const WAMID_CHARS_MAX = 512;
/** Largest object that is passed on as Meta wrote it (order, contact cards, form, referral), as JSON text. */
const OBJECT_CHARS_MAX = 65_536;
// Year 5138 in seconds; in milliseconds, March 1973. No real time is read the wrong way round.
const SECONDS_MAX = 1e11;

/** A phone number as WhatsApp names it: digits with the country code. */
export const WA_ID = /^[0-9]{5,20}$/;
/** Business-scoped user id: country, dot, letters and digits; `ENT` marks a parent's. Source: Meta, "Business-scoped user IDs". */
export const USER_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;
const DISPLAY_CHARS_MAX = 64;

const SECONDS = /^[0-9]{1,11}$/;
// With the u flag a pair is one code point, so this matches halves only.
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Half a surrogate pair would make encoders throw later; it becomes U+FFFD here. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD');
}

/**
 * A text of so many characters (code points) at most. Not `z.string().max()`: zod measures whatever has a `length`, and that
 * of an object from outside may be something that cannot be compared, at which it throws.
 */
export function boundedText(charsMax: number) {
  return z.string().refine((text) => text.length <= charsMax || isWithin(text, charsMax));
}

function isWithin(text: string, charsMax: number): boolean {
  return text.length <= 2 * charsMax && Array.from(text).length <= charsMax;
}

export const Text = boundedText(FIELD_CHARS_MAX).transform(wellFormed);
/** A side note: when it is not what it should be, the message still counts. */
export const OptionalText = Text.optional().catch(undefined);
export const OptionalFlag = z.boolean().optional().catch(undefined);

/** An object that goes on to flows as Meta wrote it, within `OBJECT_CHARS_MAX`. */
export const PassedObject = z.unknown().transform((value, issues): JsonObject => {
  const copy = plainObject(value);
  if (copy !== undefined && isSmall(copy)) return copy;
  issues.addIssue('not an object, or too large');
  return z.NEVER;
});

/** Any JSON that goes on to flows as Meta wrote it, within the same bound; undefined when it is larger, or not there. */
export function readPassed(value: Json | undefined): Json | undefined {
  const plain = plainJson(value);
  return plain !== undefined && isSmall(plain) ? plain : undefined;
}

/** The same for a list. */
export const PassedList = z.unknown().transform((value, issues): Json[] => {
  const copy = plainArray(value);
  if (copy !== undefined && isSmall(copy)) return copy;
  issues.addIssue('not a list, or too large');
  return z.NEVER;
});

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Unix seconds from Meta's string or integer; undefined for milliseconds and everything else. */
export function readTimestamp(value: Json | undefined): number | undefined {
  if (typeof value === 'string') return SECONDS.test(value) ? readTimestamp(Number(value)) : undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  return value >= 0 && value < SECONDS_MAX ? value : undefined;
}

/** A wamid where another message is named. */
export const Wamid = z.string().refine((id) => readWamid(id) !== undefined);

export function readWamid(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= WAMID_CHARS_MAX ? value : undefined;
}

/** `display_phone_number` without its plus, spaces and dashes; undefined when that leaves no phone number. */
export function readDisplayNumber(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' || value.length > DISPLAY_CHARS_MAX) return undefined;
  const digits = value.replace(/[^0-9]/g, '');
  return WA_ID.test(digits) ? digits : undefined;
}

function isSmall(value: Json): boolean {
  return JSON.stringify(value).length <= OBJECT_CHARS_MAX;
}
