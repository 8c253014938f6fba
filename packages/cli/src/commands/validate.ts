import { checkFragment, describeTriggers, loadFlows, type Finding } from '@alur/flow';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Colors } from '../io.ts';
import { readFlowSets, type FlowSet } from '../read-flow-sets.ts';
import { renderFinding } from '../render-finding.ts';
import { count, renderFault } from '../report.ts';

/** What the engine reports of a file that is a bare list of nodes. */
const FRAGMENT = 'E112';

interface Checked {
  findings: Finding[];
  /** In the order in which they are asked; only when the set has no error. */
  triggers: string[];
}

/** `alur validate`: every finding of every file; fails when one of them is an error. */
export async function validate(paths: readonly string[], { io, colors }: Context): Promise<Outcome> {
  const { sets, faults } = await readFlowSets(paths, io);
  const checked = sets.map(checkSet);
  const findings = checked.flatMap((set) => set.findings);
  const files = sets.reduce((sum, set) => sum + set.sources.length, 0);
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  const errors = findings.length - warnings + faults.length;
  const summary = `${count(files, 'file')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  const text = [
    ...faults.map((fault) => renderFault(fault, colors)),
    ...findings.map((finding) => renderFinding(finding, colors)),
    ...checked.flatMap((set) => renderTriggers(set.triggers, colors)),
    errors > 0 ? colors.red(summary) : colors.green(summary),
    '',
  ].join('\n');
  const data = {
    files,
    errors,
    warnings,
    problems: faults,
    findings,
    triggers: checked.map((set) => set.triggers),
  };
  if (errors === 0) return { exit: EXIT.ok, data, text };
  return { exit: EXIT.invalidInput, data, text, error: { code: 'invalid_flows', message: summary } };
}

function checkSet({ sources, strict, takesFragments }: FlowSet): Checked {
  const all = loadFlows(sources, { strict });
  const isFragment = new Set(
    takesFragments ? all.findings.filter(({ code }) => code === FRAGMENT).map(({ file }) => file) : [],
  );
  if (isFragment.size === 0)
    return { findings: all.findings, triggers: all.flows ? describeTriggers(all.flows) : [] };
  const flows = sources.filter(({ path }) => !isFragment.has(path));
  const rest = loadFlows(flows, { strict });
  const fragments = sources.filter(({ path }) => isFragment.has(path)).flatMap(checkFragment);
  return {
    findings: [...rest.findings, ...fragments],
    triggers: rest.flows ? describeTriggers(rest.flows) : [],
  };
}

function renderTriggers(triggers: readonly string[], colors: Colors): string[] {
  if (triggers.length === 0) return [];
  return [
    colors.bold('Triggers, in the order in which they are asked:'),
    ...triggers.map((line) => `  ${line}`),
    '',
  ];
}
