import { checkFragment, describeTriggers, loadFlows, type Finding } from '@alur/flow';
import { CliError, type Fault } from '../cli-error.ts';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { surroundingsOf, type NewerTemplates, type Surroundings } from '../flow-surroundings.ts';
import { readFlowSets, type FlowSet } from '../read-flow-sets.ts';
import { renderGithubFault, renderGithubFinding } from '../render-github.ts';
import { renderSarif } from '../render-sarif.ts';
import { count } from '../report.ts';
import { renderCheck } from './validate-text.ts';

/** What the engine reports of a file that is a bare list of nodes. */
const FRAGMENT = 'E112';
const LINE_MAX = 2000;

type Format = 'text' | 'json' | 'github' | 'sarif';

export interface ValidateFlags {
  format: Format;
  /** As given: a number. */
  maxWarnings?: string;
  /** Errors only. */
  quiet: boolean;
}

interface Checked {
  findings: Finding[];
  /** In the order in which they are asked; only when the set has no error. */
  triggers: string[];
}

/** `alur validate`: every finding of every file; fails when one of them is an error, or when there are too many warnings. */
export async function validate(
  paths: readonly string[],
  flags: ValidateFlags,
  { io, colors }: Context,
): Promise<Outcome> {
  const warningsMax = readMax(flags.maxWarnings);
  const { sets, faults } = await readFlowSets(paths, io);
  const { checked, faults: around } = await checkSets(sets, io);
  return outcomeOf({ sets, checked, faults: [...faults, ...around], warningsMax }, flags, colors);
}

interface CheckedSets {
  sets: readonly FlowSet[];
  checked: readonly Checked[];
  faults: readonly Fault[];
  warningsMax: number;
}

function outcomeOf(
  { sets, checked, faults, warningsMax }: CheckedSets,
  flags: ValidateFlags,
  colors: Context['colors'],
): Outcome {
  const all = checked.flatMap((set) => set.findings).sort(byPlace);
  const files = sets.reduce((sum, set) => sum + set.sources.length, 0);
  const warnings = all.filter(({ severity }) => severity === 'warning').length;
  const errors = all.length - warnings + faults.length;
  const findings = flags.quiet ? all.filter(({ severity }) => severity === 'error') : all;
  const summary = `${count(files, 'file')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  const triggers = checked.map((set) => set.triggers);
  const data = { files, errors, warnings, problems: faults, findings: findings.map(withShortLine), triggers };
  const error = errorOf(errors, warnings, warningsMax, summary);
  return {
    exit: error ? EXIT.invalidInput : EXIT.ok,
    data,
    text: textOf(flags.format, { findings, faults, triggers, summary, data, error }, colors),
    ...(error && { error }),
  };
}

function readMax(given: string | undefined): number {
  if (given === undefined) return Infinity;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new CliError(
    'usage',
    '--max-warnings must be a number',
    'give how many warnings may stay, such as 0',
  );
}

function errorOf(errors: number, warnings: number, warningsMax: number, summary: string): Outcome['error'] {
  if (errors > 0) return { code: 'invalid_flows', message: summary };
  if (warnings <= warningsMax) return undefined;
  return { code: 'too_many_warnings', message: `${summary}, and at most ${warningsMax} may stay` };
}

/** Checks flows with what the bundles around them know of templates and media files. */
export async function checkSets(
  sets: readonly FlowSet[],
  io: Context['io'],
  newer?: NewerTemplates,
): Promise<{ checked: Checked[]; faults: Fault[] }> {
  const checked: Checked[] = [];
  const faults = new Map<string, Fault>();
  for (const set of sets) {
    const around = await surroundingsOf(set.sources, io, newer);
    for (const fault of around.faults)
      faults.set(`${fault.file ?? ''}:${fault.line ?? ''}:${fault.message}`, fault);
    const [first, ...others] = around.all.map((each) => checkSet(set, each));
    if (first) checked.push({ ...first, findings: merged([first, ...others]) });
  }
  return { checked, faults: [...faults.values()] };
}

/** What is wrong for several WABAs is told once. */
function merged(checks: readonly Checked[]): Finding[] {
  const all = checks.flatMap(({ findings }) => findings);
  return [
    ...new Map(
      all.map((each) => [`${each.file}:${each.line}:${each.col} ${each.code} ${each.message}`, each]),
    ).values(),
  ];
}

function checkSet({ sources, strict, takesFragments }: FlowSet, around: Surroundings): Checked {
  const all = loadFlows(sources, { strict, ...around });
  const isFragment = new Set(
    takesFragments ? all.findings.filter(({ code }) => code === FRAGMENT).map(({ file }) => file) : [],
  );
  if (isFragment.size === 0)
    return { findings: all.findings, triggers: all.flows ? describeTriggers(all.flows) : [] };
  const flows = sources.filter(({ path }) => !isFragment.has(path));
  const rest = loadFlows(flows, { strict, ...around });
  const fragments = sources.filter(({ path }) => isFragment.has(path)).flatMap(checkFragment);
  return {
    findings: [...rest.findings, ...fragments],
    triggers: rest.flows ? describeTriggers(rest.flows) : [],
  };
}

// A file may be one long line: written out with each of its findings it would be too much for any reader.
function withShortLine(finding: Finding): Finding {
  return { ...finding, lineText: finding.lineText.slice(0, LINE_MAX) };
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.col - b.col;
}

interface Result {
  findings: readonly Finding[];
  faults: readonly Fault[];
  triggers: readonly (readonly string[])[];
  summary: string;
  data: unknown;
  error: Outcome['error'];
}

function textOf(format: Format, result: Result, colors: Context['colors']): string {
  const { findings, faults, data, error } = result;
  switch (format) {
    case 'text':
      return renderCheck(result, colors);
    case 'json': {
      // The same document as with `--json`.
      const document = {
        ok: error === undefined,
        command: 'validate',
        data,
        warnings: [],
        error: error ?? null,
      };
      return `${JSON.stringify(document, null, 2)}\n`;
    }
    case 'github':
      return [
        ...faults.map(renderGithubFault),
        ...findings.map(renderGithubFinding),
        result.summary,
        '',
      ].join('\n');
    case 'sarif':
      return `${renderSarif(findings, faults)}\n`;
  }
}
