import { ROOTS } from '../../expression/names.ts';
import { type ParsedFlow } from '../read-flow.ts';
import { type ParsedNode } from '../read-node.ts';
import { type YamlPath } from '../yaml-file.ts';
import { valueAt } from './raw-values.ts';

// Beside the roots with fields of their own: the scopes.
const NAMES: ReadonlySet<string> = new Set([...Object.keys(ROOTS), 'state', 'input', 'flow', 'secrets']);

/** W121: results under a name that is the engine's own. Expressions read the engine's value, never the result. */
export function checkOutputs(flow: ParsedFlow): void {
  for (const node of flow.nodes) {
    for (const path of namePaths(node)) {
      const name = valueAt(flow.yaml.value, path);
      if (typeof name !== 'string' || !NAMES.has(name)) continue;
      flow.file.report({
        code: 'W121',
        place: flow.yaml.placeOf(path),
        message: `The result is never read: \`${name}\` names something of the engine`,
        fix: 'choose another name',
      });
    }
  }
}

function namePaths({ path, configPath }: ParsedNode): YamlPath[] {
  return [[...path, 'output'], configPath(['output']), configPath(['save'])];
}
