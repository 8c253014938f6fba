const DECIMALS_MAX = 20;

/** A number in the way of a language (BCP 47), English when none is given. */
export function formatNumber(value: number, decimals?: number, language = 'en'): string {
  const digits = decimals === undefined ? undefined : Math.min(Math.max(0, decimals), DECIMALS_MAX);
  const options =
    digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, options).format(value);
}

const TOKENS = /yyyy|MM|dd|HH|mm|ss/g;

/** Unix seconds by a pattern of yyyy, MM, dd, HH, mm and ss, in a time zone of the IANA list. */
export function formatDate(seconds: number, pattern: string, zone = 'UTC'): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(seconds * 1000));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  const values: Record<string, string> = {
    yyyy: part('year').padStart(4, '0'),
    MM: part('month'),
    dd: part('day'),
    HH: part('hour'),
    mm: part('minute'),
    ss: part('second'),
  };
  return pattern.replace(TOKENS, (token) => values[token] ?? token);
}
