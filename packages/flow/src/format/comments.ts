import { Lexer } from 'yaml';

interface Comment {
  text: string;
  /** Characters from the start of the file. */
  start: number;
  /** What stands before it in its line. */
  before: string;
  /** The line above it is empty. */
  isBelowBlank: boolean;
}

// The lexer puts this before every text, so that a text which begins with `#` is no comment.
const TEXT_FOLLOWS = '\u001f';
// Signs of the lexer's own, which stand for no character of the file.
const SIGNS = new Set([TEXT_FOLLOWS, '\u0002', '\u0018']);

/** Every comment of a YAML text, in order. */
export function commentsOf(text: string): string[] {
  return findComments(text).map((comment) => comment.text);
}

/**
 * The printer moves a comment that stands beside the key of a map or list to the line below, puts a blank line before
 * the last comment of a file, and indents a comment that follows a deeper one as deep as that: this takes all back.
 */
export function restoreComments(original: string, printed: string): string {
  const wanted = findComments(original);
  let text = printed;
  // From the end, so that places before it stay where they are.
  for (const [index, comment] of [...findComments(printed).entries()].reverse()) {
    const was = wanted[index];
    if (was && comment.before.trim() === '') text = restoreComment(text, comment, was, original);
  }
  return text;
}

function restoreComment(text: string, { start, before }: Comment, was: Comment, original: string): string {
  const above = text.slice(0, start - before.length);
  const rest = text.slice(start);
  if (was.before.trim() !== '') {
    return above.endsWith(':\n') ? `${above.slice(0, -1)} ${rest.replace(/^(.*\n)\n+/, '$1')}` : text;
  }
  const isBesideNext = was.before.length === indentBelow(original.slice(was.start));
  const indent = isBesideNext ? ' '.repeat(indentBelow(rest)) : before;
  const isCloser = !was.isBelowBlank && above.endsWith('\n\n');
  return `${isCloser ? `${above.trimEnd()}\n` : above}${indent}${rest}`;
}

/** How deep the next line stands that is neither empty nor a comment. */
function indentBelow(text: string): number {
  const [, ...below] = text.split('\n');
  const next = below.find((line) => /^\s*[^\s#]/.test(line));
  return next?.search(/\S/) ?? 0;
}

function findComments(text: string): Comment[] {
  const comments: Comment[] = [];
  let start = 0;
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!isText && lexeme.startsWith('#')) {
      const before = lastLine(text.slice(0, start));
      const isBelowBlank = /\n\s*\n$/.test(text.slice(0, start - before.length));
      comments.push({ text: lexeme.trimEnd(), start, before, isBelowBlank });
    }
    isText = lexeme === TEXT_FOLLOWS;
    if (!SIGNS.has(lexeme)) start += lexeme.length;
  }
  return comments;
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}
