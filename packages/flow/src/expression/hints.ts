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

/** "did you mean …", when a known name is near enough to be meant. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(name.toLowerCase(), [...known]);
  return distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.floor(name.length / 3))
    ? `did you mean \`${near}\`?`
    : undefined;
}
