import { didYouMean } from '@alur/types';
import { type ParsedFlow } from './read-flow.ts';
import { type ParsedNode } from './read-node.ts';

/** Warns where a node passes names that the flow that it calls does not take, or leaves out some that it does. */
export function checkCalls(flows: readonly ParsedFlow[]): void {
  const byName = new Map(flows.map((flow) => [flow.frame.name, flow]));
  for (const flow of flows) {
    for (const node of flow.nodes) {
      const call = node.targets.find(({ kind }) => kind === 'call');
      const called = call && byName.get(call.target);
      if (called) checkCall(flow, node, called);
    }
  }
}

function checkCall({ file, yaml }: ParsedFlow, node: ParsedNode, { frame }: ParsedFlow): void {
  const taken = frame.input ?? [];
  const passed = node.declares.passes ?? [];
  for (const name of passed.filter((each) => !taken.includes(each))) {
    file.report({
      code: 'W123',
      place: yaml.placeOfKey(node.configPath(['input', name])),
      message: `Flow "${frame.name}" takes no input \`${name}\``,
      fix: didYouMean(name, taken) ?? `add it there: \`input: [${[...taken, name].join(', ')}]\``,
    });
  }
  const missing = taken.filter((name) => !passed.includes(name));
  if (missing.length === 0) return;
  file.report({
    code: 'W123',
    place: yaml.placeOf(node.configPath(['target_flow'])),
    message: `Flow "${frame.name}" gets no ${missing.map((name) => `\`${name}\``).join(', ')}, so it reads null`,
    fix: `add to \`input\`: ${missing.join(', ')}`,
  });
}
