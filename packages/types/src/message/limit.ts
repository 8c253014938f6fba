// What Meta allows stands beside the kind of message that it is about, and all of it together is a table that users can read.

/** One limit, in a table's words. */
export interface LimitRow {
  /** The kind of message. */
  kind: string;
  /** Its name in `LIMITS`. */
  name: string;
  max: number;
  /** What is counted. */
  of: string;
  /** Meta's page, or ours. */
  source: string;
}

/** What a limit is of; `ours` where Meta names no figure. */
type Words = string | { ours: string };

/** Rows for `limits`; the compiler asks for the words of each. */
export function limitRows<Name extends string>(
  kind: string,
  source: string,
  limits: Readonly<Record<Name, number>>,
  words: Readonly<Record<Name, Words>>,
): LimitRow[] {
  const wordsByName = new Map(Object.entries<Words>(words));
  return Object.entries<number>(limits).map(([name, max]) => {
    const said = wordsByName.get(name) ?? name;
    return typeof said === 'string'
      ? { kind, name, max, of: said, source }
      : { kind, name, max, of: said.ours, source: 'Alur' };
  });
}
