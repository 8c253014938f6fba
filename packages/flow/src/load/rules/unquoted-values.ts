import { type ParsedFlow } from '../read-flow.ts';
import { type YamlPath } from '../yaml-file.ts';
import { leavesOf, valueAt } from './raw-values.ts';

/** Numbers that hardly anybody means as numbers: telephone numbers, codes, ids. */
const TRAPS: readonly { source: RegExp; loss: string }[] = [
  { source: /^\+\d{7,}$/, loss: 'the plus is lost' },
  { source: /^[-+]?0\d+(\.\d*)?$/, loss: 'the zeros in front are lost' },
  { source: /^0[xo][\da-f]+$/i, loss: 'it is written another way' },
  { source: /^[-+]?\d+(\.\d*)?e[-+]?\d+$/i, loss: 'it is written another way' },
  { source: /^[-+]?\d{16,}$/, loss: 'the last digits are lost' },
  { source: /^[-+]?\.(nan|inf)$/i, loss: 'which no message can hold' },
];

/** W115: values without quotes that YAML turns into something else. The value no longer shows it, so the source is asked. */
export function checkUnquotedValues(flow: ParsedFlow): void {
  const roots = [['variables'], ...flow.nodes.map(({ path }) => [...path, 'config'])];
  const leaves = roots.flatMap((path) => leavesOf(valueAt(flow.yaml.value, path), path));
  for (const { value, path } of leaves) {
    if (typeof value !== 'number') continue;
    const source = sourceAt(flow, path);
    const trap = TRAPS.find((each) => each.source.test(source));
    if (!trap) continue;
    flow.file.report({
      code: 'W115',
      place: flow.yaml.placeOf(path),
      message: `YAML reads this as the number ${value}: ${trap.loss}`,
      fix: `put it in quotes: "${source}"`,
    });
  }
}

/** As it stands in the file. */
function sourceAt({ file, yaml }: ParsedFlow, path: YamlPath): string {
  const { start, end } = yaml.placeOf(path);
  return file.text.slice(start, end);
}
