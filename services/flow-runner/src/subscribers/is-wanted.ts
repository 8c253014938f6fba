/** Whether one of the patterns is the type of an event, or its beginning with `*` behind it. */
export function isWanted(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
}
