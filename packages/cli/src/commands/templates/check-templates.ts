import {
  readBundle,
  readFlowPlaces,
  readTemplatesFile,
  renderTemplatesFile,
  templatesPath,
} from '@alur/bundle';
import { isTemplateFault, lintTemplates, type Finding, type FlowSource } from '@alur/flow';
import type { TemplateDefinition } from '@alur/types';
import { join, relative } from 'node:path';
import type { Fault } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Io } from '../../io.ts';
import { bundleDirOf } from '../../place.ts';
import { readFlowSets } from '../../read-flow-sets.ts';
import { count } from '../../report.ts';
import { renderCheck } from '../validate-text.ts';
import { checkSets } from '../validate.ts';
import { pullAll } from './pull-all.ts';
import { pullTargets } from './pull-targets.ts';
import { neverPulled, wabasOf } from './wabas-of.ts';

export interface CheckFlags {
  bundle?: string;
  live: boolean;
}

/** What is checked: the text of each WABA's file, and its templates where they are not those of the bundle. */
interface Subject {
  sources: FlowSource[];
  pulled?: ReadonlyMap<string, readonly TemplateDefinition[]>;
  faults: Fault[];
  warnings: string[];
}

/** `alur templates check`: definitions over a limit, and sends of the bundle's flows that do not fit them. */
export async function checkTemplates(flags: CheckFlags, { io, colors }: Context): Promise<Outcome> {
  const dir = bundleDirOf(flags, io);
  const { sources, pulled, faults, warnings } = await (flags.live ? liveSubject : pulledSubject)(dir, io);
  const read = await readFlowSets([dir], io);
  const { checked } = await checkSets(read.sets, io, pulled);
  const inFlows = checked.flatMap((set) => set.findings);
  const findings = [...sources.flatMap(lintTemplates), ...inFlows.filter(isTemplateFault)];
  const others = inFlows.filter(
    (finding) => finding.severity === 'error' && !isTemplateFault(finding),
  ).length;
  const all = [...read.faults, ...faults];
  const errors = findings.filter(({ severity }) => severity === 'error').length + all.length;
  const summary = summaryOf(findings, errors, read.sets.flatMap((set) => set.sources).length);
  const error = errors > 0 ? { code: 'invalid_templates', message: summary } : undefined;
  const more = others > 0 ? [`the flows have ${count(others, 'other error')}: see \`alur validate\``] : [];
  return {
    exit: error ? EXIT.invalidInput : EXIT.ok,
    data: { errors, warnings: findings.length + all.length - errors, problems: all, findings },
    text: renderCheck({ findings, faults: all, triggers: [], summary, error }, colors),
    warnings: [...warnings, ...more],
    ...(error && { error }),
  };
}

function summaryOf(findings: readonly Finding[], errors: number, flows: number): string {
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  return `${count(flows, 'flow file')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
}

async function pulledSubject(dir: string, io: Io): Promise<Subject> {
  const { places, problems } = await readFlowPlaces(dir);
  const wabas = wabasOf(places);
  const sources: FlowSource[] = [];
  const warnings: string[] = [];
  for (const { waba, teams } of wabas) {
    const read = await readTemplatesFile(dir, waba);
    if (read.kind === 'read') sources.push({ path: shownPath(dir, waba, io), text: read.text });
    if (read.kind === 'missing') warnings.push(`nothing was pulled for WABA ${waba} (${teams.join(', ')})`);
  }
  if (sources.length === 0 && problems.length === 0) throw neverPulled(wabas.length > 0);
  return { sources, faults: problems, warnings };
}

async function liveSubject(dir: string, io: Io): Promise<Subject> {
  const bundle = await readBundle(dir, { withoutTemplates: true });
  const { targets, warnings } = pullTargets(bundle);
  const pulled = new Map<string, readonly TemplateDefinition[]>();
  const sources: FlowSource[] = [];
  const faults: Fault[] = [];
  for (const one of await pullAll(bundle, targets, io)) {
    const { waba } = one.target;
    if (one.kind === 'failed') {
      faults.push(one.failure);
      continue;
    }
    pulled.set(waba, one.templates);
    const text = renderTemplatesFile({ waba, pulled_at: new Date().toISOString(), templates: one.templates });
    sources.push({ path: shownPath(dir, waba, io), text });
  }
  return { sources, pulled, faults, warnings };
}

function shownPath(dir: string, waba: string, io: Io): string {
  return relative(io.cwd, join(dir, templatesPath(waba)));
}
