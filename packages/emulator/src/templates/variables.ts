/** How variables are written in a template's texts: `{{1}}`, `{{2}}` or `{{name}}`. */
export type ParameterFormat = 'POSITIONAL' | 'NAMED';

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What stands between the braces, in the order of the text. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}

/** Each variable once. */
export function distinctVariables(text: string): string[] {
  return [...new Set(variablesOf(text))];
}

/** The text with each variable replaced; one without a value stays as it is. */
export function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => values.get(name) ?? whole);
}

/** Whether a variable opens or closes the text. */
export function hasOuterVariable(text: string): boolean {
  const trimmed = text.trim();
  return /^\{\{[^{}]*\}\}/.test(trimmed) || /\{\{[^{}]*\}\}$/.test(trimmed);
}

/** Whether two variables stand side by side. */
export function hasTouchingVariables(text: string): boolean {
  return /\}\}\s*\{\{/.test(text);
}

/** Whether names are those that the format has: 1, 2, 3, … without a gap, or lower-case words. */
export function areWellNamed(names: readonly string[], format: ParameterFormat): boolean {
  if (format === 'NAMED') return names.every((name) => /^[a-z][a-z0-9_]*$/.test(name));
  const numbers = names.map(Number).sort((one, other) => one - other);
  return numbers.every((number, index) => number === index + 1);
}
