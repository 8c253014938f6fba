import { type ExpressionProblem } from './problem.ts';

export type TemplatePart =
  { kind: 'text'; text: string } | { kind: 'expression'; source: string; start: number };

/** A template as its fixed texts and the sources of its expressions. */
export function splitTemplate(text: string): { parts: TemplatePart[] } | { problem: ExpressionProblem } {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open === -1) break;
    const close = findClose(text, open + 2);
    if (close === -1) {
      const fix = 'close it with `}}`; braces that are meant are written `{{ "{{" }}`';
      return { problem: { code: 'E206', message: '`{{` is not closed', fix, start: open, end: text.length } };
    }
    if (open > at) parts.push({ kind: 'text', text: text.slice(at, open) });
    parts.push(expressionPart(text, open + 2, close));
    at = close + 2;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return { parts };
}

function expressionPart(text: string, from: number, to: number): TemplatePart {
  const inside = text.slice(from, to);
  const lead = inside.length - inside.trimStart().length;
  return { kind: 'expression', source: inside.trim(), start: from + lead };
}

// The first `}}` outside quotes, where the braces of map literals are balanced.
function findClose(text: string, from: number): number {
  let quote = '';
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth += 1;
    else if (char === '}' && depth > 0) depth -= 1;
    else if (char === '}' && text.charAt(at + 1) === '}') return at;
  }
  return -1;
}
