/** `csv`: with a line of headings. `ndjson`: a JSON object a line. `list`: a phone number a line. */
export type RecipientsFormat = 'csv' | 'ndjson' | 'list';

/** One line as it was read: values by heading, or what keeps it from being read. Places count from 1. */
export type ReadRow =
  | { kind: 'row'; line: number; values: ReadonlyMap<string, string>; col: (heading: string) => number }
  | { kind: 'bad'; line: number; col: number; message: string };

/** The first thing a file says: its headings, in order. `fatal`: nothing of it can be read. */
export type ReadStart =
  { kind: 'headings'; headings: readonly string[] } | { kind: 'fatal'; message: string };

export const ROW_BYTES_MAX = 65_536;
