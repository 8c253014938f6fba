import { type Json, type JsonObject, type TextPiece } from '@alur/types';
import { type Scope } from '../expression/scope.ts';
import { type Template } from '../expression/template.ts';
import { NodeFailure, type NodeCompiler } from '../nodes/define-node.ts';

// The parts of a call, each written out for the place where it goes: what a contact wrote can end neither a JSON string,
// nor a path segment, nor a header. Secrets stay names here; the runner alone has their values.

type Path = readonly (string | number)[];

/** Renders one part of a call. */
export type RenderPieces = (scope: Scope) => TextPiece[];

/** Characters of a whole address, and of a header's value. */
const URL_MAX = 4096;
const HEADER_MAX = 4096;

/** An address: values are percent-encoded, but for one at the very start, which `checkUrl` holds to be the author's base address. */
export function urlPieces(template: Template): RenderPieces {
  const hasBase = template.startsComputed;
  return (scope) => {
    let isBase = hasBase;
    const encode = (text: string) => {
      const asIs = isBase;
      isBase = false;
      return asIs ? text : encodeURIComponent(wellFormed(text));
    };
    const result = template.pieces(scope, encode).map((piece, index): TextPiece => {
      if (typeof piece === 'string') return piece;
      return { secret: piece.secret, as: index === 0 ? 'plain' : 'url' };
    });
    if (lengthOf(result) <= URL_MAX) return result;
    throw new NodeFailure('http', `the address has more than ${URL_MAX} characters`);
  };
}

/** A header's value: a line of printable Latin-1. */
export function headerPieces(name: string, template: Template): RenderPieces {
  return (scope) => {
    const pieces = template.pieces(scope).map(asPlain);
    const text = pieces.filter((piece) => typeof piece === 'string').join('');
    if (text.length <= HEADER_MAX && /^[\t\x20-\x7e\xa0-\xff]*$/.test(text)) return pieces;
    throw new NodeFailure('http', `the header "${name}" comes to something that no header may hold`);
  };
}

/** A text body as it is. */
export function textPieces(template: Template): RenderPieces {
  return (scope) => template.pieces(scope).map(asPlain);
}

function asPlain(piece: string | { secret: string }): TextPiece {
  return typeof piece === 'string' ? piece : { secret: piece.secret, as: 'plain' };
}

/** A body that is data, as JSON. Values keep their type; secrets are texts. */
export function jsonPieces(value: Json, path: Path, compiler: NodeCompiler): RenderPieces {
  if (typeof value === 'string') return jsonText(compiler.secretTemplate(value, path));
  if (typeof value !== 'object' || value === null) return () => [JSON.stringify(value)];
  const isList = Array.isArray(value);
  const items: [string, RenderPieces][] = isList
    ? value.map((item, index) => ['', jsonPieces(item, [...path, index], compiler)])
    : Object.entries(value).map(([key, item]) => [
        `${JSON.stringify(key)}:`,
        jsonPieces(item, [...path, key], compiler),
      ]);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return (scope) => [
    open,
    ...items.flatMap(([key, render], index) => [`${index === 0 ? '' : ','}${key}`, ...render(scope)]),
    close,
  ];
}

function jsonText(template: Template): RenderPieces {
  return (scope) => {
    const pieces = template.pieces(scope);
    if (pieces.every((piece) => typeof piece === 'string')) return [JSON.stringify(template.value(scope))];
    const inside = pieces.map((piece): TextPiece =>
      typeof piece === 'string' ? JSON.stringify(piece).slice(1, -1) : { secret: piece.secret, as: 'json' },
    );
    return ['"', ...inside, '"'];
  };
}

/** A body of a web form: `a=1&b=2`. */
export function formPieces(body: JsonObject, compiler: NodeCompiler): RenderPieces {
  const fields = Object.entries(body).map(([key, value]): [string, RenderPieces] => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [encodeURIComponent(key), formValue(compiler.secretTemplate(text, ['body', key]))];
  });
  return (scope) =>
    fields.flatMap(([key, render], index) => [`${index === 0 ? '' : '&'}${key}=`, ...render(scope)]);
}

function formValue(template: Template): RenderPieces {
  return (scope) =>
    template
      .pieces(scope)
      .map((piece): TextPiece =>
        typeof piece === 'string'
          ? encodeURIComponent(wellFormed(piece))
          : { secret: piece.secret, as: 'url' },
      );
}

function lengthOf(pieces: readonly TextPiece[]): number {
  return pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 0), 0);
}

// Half a character cannot be encoded.
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
