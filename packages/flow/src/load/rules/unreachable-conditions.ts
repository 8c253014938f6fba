import { type ParsedFlow } from '../read-flow.ts';
import { listAt, valueAt } from './raw-values.ts';

/** W116: conditions of a branch that are never asked, or never true. */
export function checkConditions(flow: ParsedFlow): void {
  for (const node of flow.nodes.filter(({ type }) => type === 'branch')) {
    const path = node.configPath(['conditions']);
    const seen = new Map<string, number>();
    for (const [index, condition] of listAt(flow.yaml.value, path).entries()) {
      const expression = valueAt(condition, ['expression']);
      if (typeof expression !== 'string') continue;
      const text = expression.trim().replace(/\s+/g, ' ');
      const message = problemOf(text, seen);
      const place = flow.yaml.placeOf([...path, index, 'expression']);
      if (message !== undefined) flow.file.report({ code: 'W116', place, message, fix: 'remove it' });
      if (!seen.has(text)) seen.set(text, index + 1);
    }
  }
}

function problemOf(text: string, earlier: ReadonlyMap<string, number>): string | undefined {
  const always = earlier.get('true');
  if (always !== undefined) return `This condition is never asked: condition ${always} is always true`;
  const same = earlier.get(text);
  if (same !== undefined) return `This condition is never asked: condition ${same} is the same`;
  return text === 'false' ? 'This condition is never true' : undefined;
}
