import { NoValue } from './failure.ts';

// Numbers and dates in the ways of people. What Intl builds is kept for the life of one compiler: building costs more
// than using.

/** Ways that are kept; a contact's own words may ask for more. */
const KEPT_MAX = 100;
const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/;
const ZONE = /^[A-Za-z][\w+-]*(?:\/[A-Za-z][\w+-]*){0,2}$/;
const TOKENS = /yyyy|MM|dd|HH|mm|ss/g;

/** The first and last second of the years 1 to 9999. */
const SECONDS = { from: -62_135_596_800, to: 253_402_300_799 };

export interface Formats {
  /** A number in the way of a language (BCP 47), English when none is given. */
  number: (value: number, decimals?: number, language?: string) => string;
  /** Unix seconds by a pattern of yyyy, MM, dd, HH, mm and ss, in a time zone of the IANA list. */
  date: (seconds: number, pattern: string, zone?: string) => string;
}

export function createFormats(): Formats {
  const numbers = new Map<string, Intl.NumberFormat>();
  const dates = new Map<string, Intl.DateTimeFormat>();
  return {
    number: (value, decimals, language = 'en') => {
      const key = `${language} ${decimals ?? ''}`;
      return keep(numbers, key, () => numberFormat(language, decimals)).format(value);
    },
    date: (seconds, pattern, zone = 'UTC') => {
      if (seconds < SECONDS.from || seconds > SECONDS.to) {
        throw new NoValue('date', 'a date of the years 1 to 9999 is needed');
      }
      const parts = keep(dates, zone, () => dateFormat(zone)).formatToParts(new Date(seconds * 1000));
      const values = tokenValues(parts);
      return pattern.replace(TOKENS, (token) => values[token] ?? token);
    },
  };
}

function keep<Format>(kept: Map<string, Format>, key: string, make: () => Format): Format {
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= KEPT_MAX) kept.clear();
  const made = make();
  kept.set(key, made);
  return made;
}

function numberFormat(language: string, decimals: number | undefined): Intl.NumberFormat {
  if (!LANGUAGE.test(language)) throw unknownLanguage();
  const options =
    decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  try {
    return new Intl.NumberFormat(language, options);
  } catch {
    throw unknownLanguage();
  }
}

function unknownLanguage(): NoValue {
  return new NoValue('argument', 'a language such as "id" is needed');
}

function dateFormat(timeZone: string): Intl.DateTimeFormat {
  const unknown = new NoValue('argument', 'a time zone such as "Asia/Jakarta" is needed');
  if (!ZONE.test(timeZone)) throw unknown;
  const two = '2-digit';
  const options = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
  try {
    return new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...options });
  } catch {
    throw unknown;
  }
}

function tokenValues(parts: readonly Intl.DateTimeFormatPart[]): Readonly<Record<string, string>> {
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return {
    yyyy: part('year').padStart(4, '0'),
    MM: part('month'),
    dd: part('day'),
    HH: part('hour'),
    mm: part('minute'),
    ss: part('second'),
  };
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?)?$/;

/** Unix seconds of an ISO 8601 date, UTC where it names no offset. A day that does not exist is no date. */
export function parseDate(source: string): number {
  const match = DATE.exec(source.trim());
  if (!match) throw noDate();
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) =>
    Number(match[group] ?? 0),
  );
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day ?? 0);
  const isReal = date.getUTCMonth() + 1 === month && date.getUTCDate() === day && year !== 0;
  if (!isReal || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) throw noDate();
  const time = (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0) + Number(match[7] ?? 0);
  return date.getTime() / 1000 + time - offsetSeconds(match[8] ?? 'Z');
}

function offsetSeconds(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  if (hours > 14 || minutes > 59) throw noDate();
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function noDate(): NoValue {
  return new NoValue('date', 'a date such as "2026-01-31T09:00:00Z" is needed');
}
