import { type ParsedFlow } from '../read-flow.ts';
import { isRecord, listAt, valueAt } from './raw-values.ts';

// Whoever wrote or tapped waits for an answer. A reaction, a location or a timer may well come to nothing.
const EXPECTS_ANSWER: ReadonlySet<unknown> = new Set(['message', 'keyword', 'interactive', 'default']);

/**
 * W117: a branch that a contact's words or taps lead to at once, and that has no way for the rest of them. Branches further
 * in are left alone: something may have been said before.
 */
export function checkSilentBranches(flow: ParsedFlow): void {
  const asked = new Set(
    listAt(flow.yaml.value, ['triggers']).flatMap((trigger) =>
      isRecord(trigger) && EXPECTS_ANSWER.has(trigger['type']) ? [trigger['target']] : [],
    ),
  );
  for (const { id, type, next, path, configPath } of flow.nodes) {
    if (type !== 'branch' || next || !asked.has(id)) continue;
    if (
      [configPath(['default']), [...path, 'default']].some((at) => valueAt(flow.yaml.value, at) !== undefined)
    )
      continue;
    flow.file.report({
      code: 'W117',
      place: flow.yaml.placeOf([...path, 'id']),
      message: `When no condition of "${id}" is true, the contact gets no answer`,
      fix: 'say with `default` where the rest goes',
    });
  }
}
