import { CliError } from './cli-error.ts';

const SECOND_MS = 1_000;
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400 * SECOND_MS],
  ['h', 3_600 * SECOND_MS],
  ['m', 60 * SECOND_MS],
  ['s', SECOND_MS],
];
const DURATION = /^(?:[0-9]{1,6}[dhms])+$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** `90s`, `2h`, `1d12h` in milliseconds. */
export function parseDuration(option: string, text: string): number {
  const ms = DURATION.test(text) ? sum(text) : 0;
  if (ms > 0) return ms;
  throw new CliError(
    'usage',
    `${option} must be a length of time, got "${text}"`,
    'use the form 30m, 2h or 7d',
  );
}

/** A length of time before now, or a date with or without a time of day; without a zone it is local. */
export function parseMoment(option: string, text: string, nowMs: number): number {
  if (DURATION.test(text)) return nowMs - sum(text);
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const atMs = DATE_TIME.test(text) ? Date.parse(full) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  const fix = 'use the form 2h (ago), 2026-01-31 or 2026-01-31T13:00';
  throw new CliError('usage', `${option} must be a time, got "${text}"`, fix);
}

function sum(text: string): number {
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+)([dhms])/g)) {
    ms += Number(amount) * (UNITS.find(([name]) => name === unit)?.[1] ?? 0);
  }
  return ms;
}

/** `2026-01-31T13:00:05+07:00`, in the zone of this process. */
export function renderTime(atMs: number): string {
  const offset = -new Date(atMs).getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  return new Date(atMs + offset * 60_000).toISOString().slice(0, 19) + zone;
}

/** For JSON: in UTC; null when there is no time, or no end. */
export function isoTime(atMs: number | undefined): string | null {
  return atMs === undefined || atMs === Infinity ? null : new Date(atMs).toISOString();
}

/** The largest unit that fits: `40s`, `5m`, `2h`, `3d`. */
export function renderSpan(ms: number): string {
  const size = Math.abs(ms);
  const [name, unit] = UNITS.find(([, unitMs]) => size >= unitMs) ?? ['s', SECOND_MS];
  return `${Math.floor(size / unit)}${name}`;
}

/** A time with how far it is from now. */
export function renderMoment(atMs: number, nowMs: number): string {
  const span = renderSpan(atMs - nowMs);
  return `${renderTime(atMs)} (${atMs > nowMs ? `in ${span}` : `${span} ago`})`;
}

function two(amount: number): string {
  return String(Math.floor(amount)).padStart(2, '0');
}
