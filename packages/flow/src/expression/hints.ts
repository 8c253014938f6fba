import { closest, distance } from 'fastest-levenshtein';

const SLIPS: readonly { pattern: RegExp; fix: string }[] = [
  { pattern: /(?<![=!<>])=(?!=)/, fix: 'write `==` to compare' },
  { pattern: /\band\b/i, fix: 'write `&&` instead of `and`' },
  { pattern: /\bor\b/i, fix: 'write `||` instead of `or`' },
  { pattern: /\bnot\b/i, fix: 'write `!` instead of `not`' },
  { pattern: /[\w)\]]\s+contains\s/, fix: 'write `contains(text, part)` or `text.contains(part)`' },
  {
    pattern: /(?<!\|)\|(?!\|)/,
    fix: 'there are no filters: write a function, such as `default(name, "friend")`',
  },
  { pattern: /^\s*[#/]/, fix: 'there are no blocks: use a branch node, or `condition ? one : other`' },
];

/** The right form for a slip that people from other languages make. */
export function slipHint(source: string): string | undefined {
  const withoutText = source.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '""');
  return SLIPS.find(({ pattern }) => pattern.test(withoutText))?.fix;
}

// Of the file, and looked for at a node.
const FILE_KEYS: ReadonlySet<string> = new Set(['retry_policy', 'max_retries', 'backoff']);

/** What to do about a key that is not known: the known one that is meant, or where it belongs. */
export function keyHint(key: string, known: readonly string[]): string | undefined {
  if (!FILE_KEYS.has(key)) return didYouMean(key, known);
  return 'write it for the whole file: `config: {retry_policy: {max_retries: 5}}` beside `nodes`';
}

/** "did you mean …", when a known name is near enough to be meant. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(name.toLowerCase(), [...known]);
  return distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.floor(name.length / 3))
    ? `did you mean \`${near}\`?`
    : undefined;
}
