import {
  isCollection,
  isNode,
  isPair,
  isScalar,
  parseDocument,
  Scalar,
  visit,
  type ScalarTag,
  type Tags,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { restoreComments } from './comments.ts';

type PrintText = NonNullable<ScalarTag['stringify']>;

interface Commented {
  commentBefore?: string | null;
  comment?: string | null;
}

const STRING_TAG = 'tag:yaml.org,2002:str';

/**
 * The file again with even indentation, dashes and quotes. Lines are not folded here, and flow collections come out on
 * one line each. Needs a text that parses without a fault.
 */
export function printDocument(text: string): string {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    keepSourceTokens: true,
    customTags: withOwnScalars,
  });
  squeezeComments(document);
  visit(document, {
    Node: (_, node) => {
      squeezeComments(node);
      if (isScalar(node)) node.type = quotesFor(node) ?? node.type;
      if (isCollection(node)) closeUp(node);
    },
    Pair: (_, { value }) => {
      if (isCollection(value)) value.spaceBefore = false;
    },
  });
  // A file is one document: the marker at its start says nothing.
  if (document.directives) document.directives.docStart = null;
  const printed = document.toString({
    indent: 2,
    indentSeq: true,
    lineWidth: 0,
    singleQuote: true,
    trailingComma: true,
    // No break where the author wrote `\n`.
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
  return restoreComments(text, `${printed.trimEnd()}\n`);
}

/** One blank line between comments, however many the author left, and no spaces at their ends. */
function squeezeComments(holder: Commented): void {
  const { commentBefore, comment } = holder;
  if (commentBefore) holder.commentBefore = squeeze(commentBefore);
  if (comment) holder.comment = squeeze(comment);
}

function squeeze(comment: string): string {
  return comment
    .replace(/(?<=\S)[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\n+$/, '\n');
}

/** Nothing stands between a key and its first entry. */
function closeUp(collection: YAMLMap | YAMLSeq): void {
  const [first] = collection.items;
  const entry = isPair(first) ? first.key : first;
  if (isNode(entry)) entry.spaceBefore = false;
}

/** Single quotes, unless the text has an escape or would need more of them doubled. */
function quotesFor({ type, srcToken }: Scalar): Scalar.Type | undefined {
  if (!srcToken || !('source' in srcToken)) return undefined;
  const { source } = srcToken;
  if (type === Scalar.QUOTE_DOUBLE && /\\[^"]/.test(source.slice(1, -1))) return undefined;
  if (type !== Scalar.QUOTE_DOUBLE && type !== Scalar.QUOTE_SINGLE) return undefined;
  const inside = source.slice(1, -1);
  return !inside.includes('"') && inside.includes("'") ? Scalar.QUOTE_DOUBLE : Scalar.QUOTE_SINGLE;
}

function withOwnScalars(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag !== 'object' || tag.collection || !tag.stringify) return tag;
    const { stringify } = tag;
    if (tag.tag === STRING_TAG) return { ...tag, stringify: printString(stringify) };
    // A number stays as it was written.
    return { ...tag, stringify: (scalar, ...rest) => scalar.source ?? stringify(scalar, ...rest) };
  });
}

// A text over several lines keeps the author's lines; the rest is as the library has it.
function printString(otherwise: PrintText): PrintText {
  return (scalar, ctx, ...rest) => {
    const token = scalar.srcToken;
    const isFree = !ctx.inFlow && !ctx.implicitKey;
    if (!isFree || !token || !('source' in token) || !token.source.includes('\n')) {
      return otherwise(scalar, ctx, ...rest);
    }
    if (token.type !== 'block-scalar') return reindent(withQuotes(scalar, token.source), ctx.indent);
    if (scalar.type !== Scalar.BLOCK_FOLDED) return otherwise(scalar, ctx, ...rest);
    const header = token.props.find(({ type }) => type === 'block-scalar-header');
    const isPlain = header && 'source' in header && /^>[+-]?$/.test(header.source);
    return isPlain
      ? `${header.source}\n${dedent(token.source, ctx.indent)}`
      : otherwise(scalar, ctx, ...rest);
  };
}

function withQuotes({ type }: Scalar, source: string): string {
  const inside = source.slice(1, -1);
  if (!/^["']/.test(source) || /["'\\]/.test(inside)) return source;
  const quote = type === Scalar.QUOTE_DOUBLE ? '"' : "'";
  return quote + inside + quote;
}

function reindent(source: string, indent: string): string {
  const lines = source.split('\n').map((line) => line.trim());
  return lines.map((line, index) => (index === 0 || line === '' ? line : indent + line)).join('\n');
}

/** Lines of a block text, moved to `indent`; how far they stand from one another stays. */
function dedent(source: string, indent: string): string {
  const lines = source.split('\n').map((line) => line.trimEnd());
  const depth = Math.min(...lines.filter((line) => line !== '').map((line) => line.search(/\S/)));
  return lines
    .map((line) => (line === '' ? '' : indent + line.slice(depth)))
    .join('\n')
    .trimEnd();
}
