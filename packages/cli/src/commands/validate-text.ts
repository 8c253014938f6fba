import type { Finding } from '@alur/flow';
import type { Fault } from '../cli-error.ts';
import type { Outcome } from '../command.ts';
import type { Colors } from '../io.ts';
import { renderFinding } from '../render-finding.ts';
import { count, renderFault } from '../report.ts';

/** Nobody reads more of them at a terminal. */
const SHOWN_MAX = 100;

interface Check {
  findings: readonly Finding[];
  faults: readonly Fault[];
  triggers: readonly (readonly string[])[];
  summary: string;
  error: Outcome['error'];
}

/** What a check came to, for a person: every finding, the order of the triggers, and in the last line how many there are. */
export function renderCheck({ findings, faults, triggers, summary, error }: Check, colors: Colors): string {
  const hidden = findings.length - SHOWN_MAX;
  const [first] = findings;
  return [
    ...faults.map((fault) => renderFault(fault, colors)),
    ...findings.slice(0, SHOWN_MAX).map((finding) => renderFinding(finding, colors)),
    ...(hidden > 0 ? [`… and ${count(hidden, 'more finding')}; \`--format json\` has them all.`, ''] : []),
    ...triggers.flatMap((list) => renderTriggers(list, colors)),
    ...(first ? [`\`alur explain ${first.code}\` says more.`] : []),
    error ? colors.red(error.message) : colors.green(summary),
    '',
  ].join('\n');
}

function renderTriggers(triggers: readonly string[], colors: Colors): string[] {
  if (triggers.length === 0) return [];
  return [
    colors.bold('Triggers, in the order in which they are asked:'),
    ...triggers.map((line) => `  ${line}`),
    '',
  ];
}
