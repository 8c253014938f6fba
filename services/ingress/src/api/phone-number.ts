import { parsePhoneNumberWithError, ParseError, validatePhoneNumberLength } from 'libphonenumber-js/min';

/** A phone number as WhatsApp names it, or why what was written is none. */
export type PhoneNumber = { kind: 'number'; waId: string } | { kind: 'refused'; reason: string };

/** Digits alone are taken as they are: a `wa_id` that somebody has from WhatsApp itself. */
const WA_ID = /^[0-9]{5,15}$/;
const CHARS_MAX = 64;

const REASONS: Readonly<Record<string, string>> = {
  TOO_SHORT: 'it has too few digits for its country',
  TOO_LONG: 'it has too many digits for its country',
  INVALID_LENGTH: 'it has a number of digits that its country does not use',
  INVALID_COUNTRY: 'it does not begin with `+` and a country code, or the code is not one',
  NOT_A_NUMBER: 'it is not a phone number',
};

/** Reads a phone number as people write it: with `+`, spaces, brackets, dots and dashes. Never says what was written. */
export function readPhoneNumber(written: string): PhoneNumber {
  const text = written.trim();
  if (WA_ID.test(text)) return { kind: 'number', waId: text };
  const reason = text.length > CHARS_MAX ? 'NOT_A_NUMBER' : validatePhoneNumberLength(text);
  if (reason !== undefined) return { kind: 'refused', reason: REASONS[reason] ?? 'it is not a phone number' };
  try {
    const number = parsePhoneNumberWithError(text, { extract: false });
    if (number.ext === undefined) return { kind: 'number', waId: number.number.slice(1) };
    return { kind: 'refused', reason: 'it has an extension, which WhatsApp cannot write to' };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: 'refused', reason: REASONS[error.message] ?? 'it is not a phone number' };
  }
}
