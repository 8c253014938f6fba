import { didYouMean } from '@alur/types';
import { FUNCTIONS } from './functions.ts';

const SLIPS: readonly { pattern: RegExp; fix: string }[] = [
  { pattern: /\{\{/, fix: 'leave `{{ }}` out: an expression stands alone here' },
  {
    pattern: /^\s*(?:[#/^>]|else\b|end(?:if|each)?\b|if\s|unless\s|each\s|for\s)/,
    fix: 'there are no blocks: use a branch node, or `condition ? one : other`',
  },
  { pattern: /^\s*\{\s*[\w.]+\s*\}?\s*$/, fix: 'two braces are enough: `{{name}}`' },
  { pattern: /&amp;|&lt;|&gt;|&quot;/, fix: 'write the characters themselves: `&&`, `<`, `>`, `"`' },
  { pattern: /[“”„«»‘’]/, fix: 'use straight quotes: `"` or `\'`' },
  { pattern: /[＝！＜＞（）＆｜＋]/, fix: 'write operators in ASCII: `==`, `!`, `<`, `(`, `&&`' },
  { pattern: /`/, fix: 'put texts in `"` or `\'`' },
  { pattern: /\$/, fix: 'write the name alone, without `$`' },
  { pattern: /\+\+|--$|[-+*/]=/, fix: 'an expression changes nothing: use a state node' },
  { pattern: /===|!==/, fix: 'write `==` or `!=`' },
  { pattern: /<>|=!/, fix: 'write `!=`' },
  { pattern: /=>|=</, fix: 'write `>=` or `<=`' },
  { pattern: /(?<![=!<>])=(?!=)/, fix: 'write `==` to compare' },
  { pattern: /\band\b/i, fix: 'write `&&` instead of `and`' },
  { pattern: /\bor\b/i, fix: 'write `||` instead of `or`' },
  { pattern: /\bnot\b/i, fix: 'write `!` instead of `not`' },
  { pattern: /[\w)\]'"]\s+contains\s/, fix: 'write `contains(text, part)` or `text.contains(part)`' },
  {
    pattern: /[\w)\]'"]\s+(?:starts|ends)\s*with\s/i,
    fix: 'write `text.startsWith(part)` or `text.endsWith(part)`',
  },
  { pattern: /[\w)\]'"]\s+matches\s/, fix: 'write `re(text, "pattern")`' },
  { pattern: /[\w)\]'"]\s+is\b/, fix: 'write `==` instead of `is`' },
  { pattern: /\?\?|\?:/, fix: 'write `default(x, other)`' },
  { pattern: /\?[.[]/, fix: 'leave the `?` out: a missing part is null' },
  {
    pattern: /(?<!\|)\|(?!\|)/,
    fix: 'there are no filters: write a function, such as `default(name, "friend")`',
  },
  { pattern: /(?<!&)&(?!&)/, fix: 'write `&&` for "and"; texts are joined with `+`' },
  { pattern: /(?<![\d.])\.\d/, fix: 'write a digit before the point: `0.5`' },
  { pattern: /\d,\d/, fix: 'write decimals with a point' },
];

// A quote that is not closed hides nothing: what stands behind it may be the slip.
const TEXTS = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;

/** The right form for a slip that people from other languages make. */
export function slipHint(source: string): string | undefined {
  const withoutTexts = source.replace(TEXTS, '""');
  const slip = SLIPS.find(({ pattern }) => pattern.test(withoutTexts))?.fix;
  if (slip !== undefined) return slip;
  if (/["'][^"']*\\[.dwsbpDWSB[({*+?^$|]/.test(source)) return 'write a backslash twice, or the text as r"…"';
  if (/\w''\w/.test(source)) return "write a quote inside a text as `\\'`";
  if (source.trim() === '') return 'write a name, such as `{{contact.name}}`';
  const hint = bareCall(source) ?? missingEnd(source);
  if (hint !== undefined) return hint;
  return /['"]/.test(withoutTexts.replaceAll('""', '')) ? 'close the quote' : undefined;
}

/** `upper message`: a function whose argument stands without parentheses. */
function bareCall(source: string): string | undefined {
  const [, name = '', argument = ''] = /^\s*(\w+)\s+([\w.]+)\s*$/.exec(source) ?? [];
  const isFunction = FUNCTIONS.some((each) => each.name === name);
  return isFunction ? `write \`${name}(${argument})\`` : undefined;
}

function missingEnd(source: string): string | undefined {
  const operator = /(?:&&|\|\||[=!<>]=|[-<>+*/%!])\s*$/.exec(source)?.[0].trim();
  return operator === undefined ? undefined : `write what is missing after \`${operator}\``;
}

/** A name that nothing declares, compared with something: mostly a text that lacks its quotes. */
export function bareTextHint(source: string, start: number, end: number): string | undefined {
  const name = source.slice(start, end);
  const isCompared = /[=!]=\s*$/.test(source.slice(0, start)) || /^\s*[=!]=/.test(source.slice(end));
  return isCompared && /^\w+$/.test(name) ? `put a text in quotes: \`'${name}'\`` : undefined;
}

const FOREIGN_CALLS: Readonly<Record<string, string>> = {
  length: 'write `size(x)`',
  len: 'write `size(x)`',
  count: 'write `size(x)`',
  toLowerCase: 'write `lower(x)`',
  toUpperCase: 'write `upper(x)`',
  lowercase: 'write `lower(x)`',
  uppercase: 'write `upper(x)`',
  downcase: 'write `lower(x)`',
  upcase: 'write `upper(x)`',
  strip: 'write `trim(x)`',
  includes: 'write `contains(x, part)`',
  test: 'write `re(text, "pattern")`',
  match: 'write `re(text, "pattern")`',
  str: 'write `string(x)`',
  toString: 'write `string(x)`',
  parseInt: 'write `int(x)`',
  float: 'write `double(x)`',
  parseFloat: 'write `double(x)`',
  Number: 'write `double(x)`',
  date: 'write `formatDate(x, "dd.MM.yyyy")`',
  some: 'write `list.exists(item, …)`',
  any: 'write `list.exists(item, …)`',
  every: 'write `list.all(item, …)`',
  slice: 'write `text.substring(from, to)`',
};

/** What a function of another language is called here. */
export function foreignCall(name: string): string | undefined {
  return Object.hasOwn(FOREIGN_CALLS, name) ? FOREIGN_CALLS[name] : undefined;
}

const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  True: 'write `true`',
  TRUE: 'write `true`',
  False: 'write `false`',
  FALSE: 'write `false`',
  None: 'write `null`',
  nil: 'write `null`',
  NULL: 'write `null`',
  Null: 'write `null`',
  undefined: 'write `null`',
  this: 'write the name alone',
  session: 'write `state.<key>`',
  user: 'write `contact.name`',
  text: 'write `message.text`',
};

/** What a word of another language is called here. */
export function foreignName(name: string): string | undefined {
  return Object.hasOwn(FOREIGN_NAMES, name) ? FOREIGN_NAMES[name] : undefined;
}

// Of the file, and looked for at a node.
const FILE_KEYS: ReadonlySet<string> = new Set(['retry_policy', 'max_retries', 'backoff']);

// What people call a key, and what it may be called here.
const KEY_SLIPS: Readonly<Record<string, readonly string[]>> = {
  url: ['link'],
  src: ['link'],
  href: ['link', 'url'],
  text: ['message'],
  body: ['message'],
  content: ['message'],
  keywords: ['words'],
  keyword: ['words'],
  flow: ['target_flow', 'name'],
  title: ['name'],
  steps: ['nodes'],
  event: ['event_type'],
  goto: ['next'],
};

/** The known key that goes by another name elsewhere. */
export function keySlip(key: string, known: readonly string[]): string | undefined {
  return Object.hasOwn(KEY_SLIPS, key) ? KEY_SLIPS[key]?.find((each) => known.includes(each)) : undefined;
}

/** What to do about a key that is not known: the known one that is meant, or where it belongs. */
export function keyHint(key: string, known: readonly string[]): string | undefined {
  if (FILE_KEYS.has(key))
    return 'write it for the whole file: `config: {retry_policy: {max_retries: 5}}` beside `nodes`';
  const meant = keySlip(key, known);
  // It may be known elsewhere in the same thing; here it is not.
  const others = known.filter((each) => each !== key);
  return meant === undefined ? didYouMean(key, others) : `did you mean \`${meant}\`?`;
}
