import { type Finding } from '../finding.ts';
import { openSource } from '../load/source-file.ts';
import { readYaml } from '../load/yaml-file.ts';
import { commentsOf } from './comments.ts';
import { layOutCollections } from './lay-out-collections.ts';
import { printDocument } from './print-document.ts';

/** `refused`: the text is to be left as it is; `findings` has the faults of a text that is not YAML. */
export type Formatted =
  | { kind: 'formatted'; text: string; isChanged: boolean }
  | { kind: 'refused'; reason: string; findings: Finding[] };

/**
 * A flow file in the one layout: two spaces, dashes inside their key, single quotes unless others are needed, `{…}` on
 * one line up to 110 columns. Comments, blank lines and the order of keys stay. What the file says never changes: should
 * the layout alter a value or lose a comment, the text is refused.
 */
export function formatFlow(text: string): Formatted {
  const file = openSource({ path: '', text });
  const before = readYaml(file);
  if (!before) return { kind: 'refused', reason: 'it is not well-formed YAML', findings: [...file.findings] };
  const laidOut = layOut(text);
  const reason = problemOf(text, before.value, laidOut);
  if (laidOut === undefined || reason !== undefined) {
    return { kind: 'refused', reason: reason ?? 'it cannot be laid out', findings: [] };
  }
  return { kind: 'formatted', text: laidOut, isChanged: laidOut !== text };
}

function layOut(text: string): string | undefined {
  try {
    return layOutCollections(printDocument(text));
  } catch {
    // The printer has no form for some rare YAML; such a file stays as its author wrote it.
    return undefined;
  }
}

function problemOf(text: string, value: unknown, laidOut: string | undefined): string | undefined {
  if (laidOut === undefined) return 'it cannot be laid out';
  const after = readYaml(openSource({ path: '', text: laidOut }));
  if (!after || !isSame(value, after.value)) return 'the layout would change a value';
  if (commentsOf(text).join('\n') !== commentsOf(laidOut).join('\n')) {
    return 'the layout would move or lose a comment';
  }
  return layOut(laidOut) === laidOut ? undefined : 'the layout is not stable';
}

/** Deeply equal, with the keys in the same order. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.length !== right.length || Array.isArray(a) !== Array.isArray(b)) return false;
  return left.every(([key, value], index) => {
    const [otherKey, other] = right[index] ?? [];
    return key === otherKey && isSame(value, other);
  });
}
