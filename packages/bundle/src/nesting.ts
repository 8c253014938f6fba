/** Nothing of a bundle goes a tenth as deep; a text of templates may have some brackets that nobody closes. */
const BRACKETS_MAX = 256;
const INDENT_MAX = 512;

/**
 * Whether a text of YAML or JSON is nested deeper than its parser may be given: with some thousand levels it comes to the end of the
 * stack, and there Node.js can end the process instead of throwing. Counted on the bare text, so it is a guess that errs
 * on the safe side.
 */
export function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  let indent = 0;
  let isStart = true;
  for (const char of text) {
    if (char === '\n') [isStart, indent] = [true, 0];
    else if (isStart && ' \t?:-'.includes(char)) indent += 1;
    else isStart = false;
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    if (depth > BRACKETS_MAX || indent > INDENT_MAX) return true;
  }
  return false;
}
