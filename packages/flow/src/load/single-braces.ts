import { findUnknown, type DeclaredNames } from '../expression/names.ts';

const EXPRESSIONS = /\{\{[\s\S]*?\}\}+/g;
const SINGLE = /(?<!\{)\{ *([A-Za-z_]\w*(?:\.\w+)*) *\}(?!\})/g;

/** The first `{name}` in a text whose name is known: its author meant `{{name}}`. */
export function singleBraces(
  text: string,
  declared: DeclaredNames,
): { name: string; start: number; end: number } | undefined {
  if (!text.includes('{')) return undefined;
  // Of the same length, so that places stay right.
  const outside = text.replace(EXPRESSIONS, (inside) => ' '.repeat(inside.length));
  for (const match of outside.matchAll(SINGLE)) {
    const [whole, name = ''] = match;
    const unknown = findUnknown(name.split('.'), { ...declared, anyState: false });
    if (!unknown) return { name, start: match.index, end: match.index + whole.length };
  }
  return undefined;
}
