import { RE2JS } from 're2js';
import { type ParsedFlow } from '../read-flow.ts';

// Found in both, a pattern is found in every text: it matches the empty text somewhere in it.
const PROBES = ['', '\u2620'];

/** W122: patterns that take every message, mostly for a `|` too many or a `*` for a `+`. */
export function checkPatterns(flow: ParsedFlow): void {
  for (const { trigger, path } of flow.triggers) {
    if (trigger.type !== 'message' || trigger.pattern === undefined || !takesAll(trigger.pattern)) continue;
    flow.file.report({
      code: 'W122',
      place: flow.yaml.placeOf([...path, 'pattern']),
      message: 'The pattern matches nothing at all, and so it takes every message',
      fix: 'leave `pattern` out if that is meant; else make one part of it necessary',
    });
  }
}

function takesAll(pattern: string): boolean {
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return PROBES.every((text) => compiled.matcher(text).find());
  } catch {
    return false;
  }
}
