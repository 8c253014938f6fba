import { createCompiler } from './expression/compile.ts';
import { type Finding, type FlowSource } from './finding.ts';
import { compileNode } from './load/compile-node.ts';
import { declaredNames } from './load/declared-names.ts';
import { readNodes, type ParsedFlow } from './load/read-flow.ts';
import { checkRules } from './load/rules/index.ts';
import { openSource } from './load/source-file.ts';
import { toEnd } from './load/steps.ts';
import { readYaml } from './load/yaml-file.ts';

/**
 * Checks a bare list of nodes, such as documentation shows. Targets are not checked: what a fragment points to may stand
 * in what is left out.
 */
export function checkFragment(source: FlowSource): Finding[] {
  const file = openSource(source);
  const yaml = readYaml(file);
  if (!yaml) return [...file.findings];
  if (!Array.isArray(yaml.value)) {
    file.report({ code: 'E104', place: yaml.placeOf([]), message: 'A fragment is a list of nodes' });
    return [...file.findings];
  }
  const read = toEnd(readNodes(yaml.value, [], yaml, file));
  const frame = { name: 'fragment', version: '1', nodes: [], triggers: [] };
  const flow: ParsedFlow = { file, yaml, frame, ...read, triggers: [] };
  const context = {
    file,
    yaml,
    compile: createCompiler(),
    declared: declaredNames([flow])(flow),
    defaults: undefined,
  };
  for (const node of read.nodes) compileNode(node, context);
  checkRules([flow]);
  return [...file.findings];
}
