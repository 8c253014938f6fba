import { isMessage, type ContactEvent, type InboundEvent, type Json } from '@alur/types';

/** What a `wait` node may ask for. */
export const EXPECTATIONS = [
  'text',
  'button',
  'list',
  'location',
  'media',
  'number',
  'email',
  'phone',
  'date',
] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

/**
 * The answer in an event, as the flow keeps it: a text, the id of what was tapped, a number, a date as yyyy-mm-dd, a phone
 * number as digits with or without `+`, or the parts of a place or medium. Undefined when it is none of the kind expected.
 * Without an expectation any message is an answer.
 */
export function readAnswer(event: InboundEvent, expect: Expectation | undefined): Json | undefined {
  if (!isMessage(event)) return undefined;
  return expect === undefined ? anyAnswer(event) : READERS[expect](event);
}

const READERS: Readonly<Record<Expectation, (event: ContactEvent) => Json | undefined>> = {
  text: (event) => (event.kind === 'text' && event.text.trim() !== '' ? event.text : undefined),
  button: (event) => (event.kind === 'interactive' && event.source !== 'list' ? event.id : undefined),
  list: (event) => (event.kind === 'interactive' && event.source === 'list' ? event.id : undefined),
  location: (event) => (event.kind === 'location' ? withoutGaps(event.location) : undefined),
  media: (event) => (event.kind === 'media' ? withoutGaps(event.media) : undefined),
  number: (event) => numberIn(plainText(event)),
  email: (event) => EMAIL.exec(plainText(event))?.[0],
  phone: (event) => phoneIn(plainText(event)),
  date: (event) => dateIn(plainText(event)),
};

function anyAnswer(event: ContactEvent): Json {
  switch (event.kind) {
    case 'text':
      return event.text;
    case 'interactive':
      return event.title;
    case 'media':
      return event.media.caption ?? '';
    case 'form':
      return event.form;
    default:
      return '';
  }
}

const EMAIL = /^[^\s@,;<>"]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.)+[\p{L}\p{N}-]{2,63}$/u;
const NUMBER = /^[+-]?\d{1,15}(?:[.,]\d{1,10})?$/;
const PHONE = /^\+?\d{7,15}$/;
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/;
const DAY_FIRST = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/;

// A comma and a point both mean the decimals; thousands are not written with either.
function numberIn(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text.replace(',', '.')) : undefined;
}

function phoneIn(text: string): string | undefined {
  const digits = text.replace(/[\s().-]/g, '');
  return PHONE.test(digits) ? digits : undefined;
}

/** Year first, or day first as most of the world writes it; the day must be one of its month. */
function dateIn(text: string): string | undefined {
  const yearFirst = YEAR_FIRST.exec(text)?.slice(1).map(Number);
  const [year = 0, month = 0, day = 0] =
    yearFirst ?? DAY_FIRST.exec(text)?.slice(1).map(Number).reverse() ?? [];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  return [String(year).padStart(4, '0'), twoDigits(month), twoDigits(day)].join('-');
}

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

// Digits of other scripts, by the code point of their zero.
const ZEROS = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810,
];

/** The text as a form would have it: full-width and other scripts' digits are 0 to 9, no space at the ends. */
function plainText(event: ContactEvent): string {
  if (event.kind !== 'text' || event.text.length > 200) return '';
  return event.text
    .normalize('NFKC')
    .trim()
    .replace(/\p{Nd}/gu, (digit) => {
      const code = digit.codePointAt(0) ?? 0;
      const zero = ZEROS.find((each) => code >= each && code < each + 10);
      return zero === undefined ? digit : String(code - zero);
    });
}

function withoutGaps(parts: Readonly<Record<string, string | number | boolean | undefined>>): Json {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([key, value]) =>
      value === undefined ? [] : [[key === 'mimeType' ? 'mime_type' : key, value]],
    ),
  );
}
