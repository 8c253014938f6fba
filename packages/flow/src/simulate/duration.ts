const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];
const PATTERN = /^(?:\d+(?:\.\d+)?[smhd]\s*)+$/;
/** Ten years: beyond it, somebody slipped. */
const SECONDS_MAX = 10 * 365 * 86_400;

/** Seconds in a span such as 25h, 90s or 1d 2h; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 50 || !PATTERN.test(text.trim())) return undefined;
  let seconds = 0;
  for (const [, amount = '', unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)) {
    seconds += Number(amount) * (UNITS.find(([name]) => name === unit)?.[1] ?? 0);
  }
  const whole = Math.round(seconds);
  return whole <= SECONDS_MAX ? whole : undefined;
}

/** A span as `parseDuration` reads it, in the largest units that fit. */
export function formatDuration(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}
