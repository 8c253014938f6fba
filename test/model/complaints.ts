/** What is wrong, of all that may be. */
export function complaints(checks: readonly (readonly [isWrong: boolean, what: string])[]): string[] {
  return checks.flatMap(([isWrong, what]) => (isWrong ? [what] : []));
}

/** Those that are there more than once. */
export function repeated<T>(items: readonly T[]): T[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
