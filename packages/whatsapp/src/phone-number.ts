import {
  isSupportedCountry,
  parsePhoneNumberWithError,
  ParseError,
  validatePhoneNumberLength,
  type CountryCode,
} from 'libphonenumber-js/min';

/** A phone number as WhatsApp names it, or why what was written is none. */
export type PhoneNumber = { kind: 'number'; waId: string } | { kind: 'refused'; reason: string };

/** Digits alone are taken as they are: a `wa_id` that somebody has from WhatsApp itself. No country code begins with 0. */
const WA_ID = /^[1-9][0-9]{4,14}$/;
const CHARS_MAX = 64;

const TOO_LONG = 'it has too many digits for its country';
const REASONS: Readonly<Record<string, string>> = {
  TOO_SHORT: 'it has too few digits for its country',
  TOO_LONG,
  INVALID_LENGTH: 'it has a number of digits that its country does not use',
  INVALID_COUNTRY: 'it does not begin with `+` and a country code, or the code is not one',
  NOT_A_NUMBER: 'it is not a phone number',
};

/**
 * Reads a phone number as people write it: with `+`, spaces, brackets, dots and dashes. With a country (two letters, such as `ID`) also
 * as it is written there, `0812-3456-7890`. Never says what was written.
 */
export function readPhoneNumber(written: string, country?: string): PhoneNumber {
  const text = written.trim();
  const from = countryOf(country);
  if (WA_ID.test(text)) return { kind: 'number', waId: text };
  const reason = text.length > CHARS_MAX ? 'NOT_A_NUMBER' : validatePhoneNumberLength(text, from);
  if (reason !== undefined) return { kind: 'refused', reason: REASONS[reason] ?? 'it is not a phone number' };
  try {
    const number = parsePhoneNumberWithError(text, {
      extract: false,
      ...(from !== undefined && { defaultCountry: from }),
    });
    const waId = number.number.slice(1);
    if (number.ext !== undefined)
      return { kind: 'refused', reason: 'it has an extension, which WhatsApp cannot write to' };
    return WA_ID.test(waId) ? { kind: 'number', waId } : { kind: 'refused', reason: TOO_LONG };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: 'refused', reason: REASONS[error.message] ?? 'it is not a phone number' };
  }
}

/** Of a country that is not known, numbers are read as without one. */
function countryOf(country: string | undefined): CountryCode | undefined {
  const upper = country?.toUpperCase() ?? '';
  return isSupportedCountry(upper) ? upper : undefined;
}
