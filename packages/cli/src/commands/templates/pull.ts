import { readBundle, readTemplatesFile, templatesPath, writeTemplatesFiles } from '@alur/bundle';
import type { TemplateDefinition } from '@alur/types';
import type { LeftOut } from '@alur/whatsapp';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Colors } from '../../io.ts';
import { bundleDirOf } from '../../place.ts';
import { printable } from '../../printable.ts';
import { count, renderFault } from '../../report.ts';
import { comparePulls, type PullChange } from './compare-pulls.ts';
import { pullAll, type Pulled } from './pull-all.ts';
import { pullTargets } from './pull-targets.ts';

export interface PullFlags {
  bundle?: string;
  tenant?: string;
  team?: string;
  dryRun: boolean;
}

/** `alur templates pull`: writes what Meta has into the bundle, and says what is new, changed and gone. */
export async function pull(flags: PullFlags, { io, colors }: Context): Promise<Outcome> {
  const dir = bundleDirOf(flags, io);
  const bundle = await readBundle(dir, { withoutTemplates: true });
  const { targets, warnings } = pullTargets(bundle, flags);
  const pulled = await pullAll(bundle, targets, io);
  const reports: Report[] = [];
  for (const one of pulled) reports.push(await reportOf(dir, one));
  if (!flags.dryRun) await writeTemplatesFiles(dir, pulled.flatMap(toFile));
  const failures = pulled.flatMap((one) => (one.kind === 'failed' ? [one.failure] : []));
  const [first] = failures;
  const text = reports.flatMap((report) => renderReport(report, flags.dryRun, colors));
  return {
    exit: first ? EXIT[first.exit] : EXIT.ok,
    data: { dryRun: flags.dryRun, wabas: reports.map(toJson) },
    text: [...text, ''].join('\n'),
    warnings: [
      ...warnings.map((each) => `${each}: nothing is pulled for it`),
      ...reports.flatMap(leftOutWarnings),
    ],
    ...(first && {
      error: { code: 'not_pulled', message: failures.map(({ message }) => message).join('; ') },
    }),
  };
}

interface Report {
  pulled: Pulled;
  changes: PullChange[];
  total: number;
  leftOut: LeftOut[];
}

async function reportOf(dir: string, pulled: Pulled): Promise<Report> {
  if (pulled.kind === 'failed') return { pulled, changes: [], total: 0, leftOut: [] };
  const { templates, leftOut } = pulled;
  const changes = comparePulls(await templatesBefore(dir, pulled.target.waba), templates);
  return { pulled, changes, total: templates.length, leftOut };
}

/** A file that cannot be read tells nothing; it is written anew. */
async function templatesBefore(dir: string, waba: string): Promise<readonly TemplateDefinition[]> {
  const read = await readTemplatesFile(dir, waba);
  return read.kind === 'read' ? read.file.templates : [];
}

function toFile(pulled: Pulled) {
  if (pulled.kind === 'failed') return [];
  const { target, templates } = pulled;
  return [{ waba: target.waba, pulled_at: new Date().toISOString(), templates }];
}

function renderReport({ pulled, changes, total }: Report, isDryRun: boolean, colors: Colors): string[] {
  const { waba, teams } = pulled.target;
  const name = `${colors.bold(`WABA ${waba}`)} (${teams.join(', ')})`;
  if (pulled.kind === 'failed') return [renderFault(pulled.failure, colors)];
  const does = isDryRun ? 'nothing is written' : `written to ${templatesPath(waba)}`;
  const lines = changes.map(({ kind, name: template, language, what }) =>
    printable(`  ${kind.padEnd(7)}  ${template} (${language})${what ? `: ${what.join(', ')}` : ''}`),
  );
  return [
    `${name}: ${count(total, 'template')}, ${does}`,
    ...(lines.length > 0 ? lines : ['  nothing has changed']),
  ];
}

function leftOutWarnings({ pulled, leftOut }: Report): string[] {
  return leftOut.map(({ id, name, language, problem }) => {
    const which = printable(name ?? id ?? 'without a name');
    return `WABA ${pulled.target.waba}: template ${which}${language === undefined ? '' : ` (${printable(language)})`} is left out: ${problem}`;
  });
}

function toJson({ pulled, changes, total, leftOut }: Report) {
  const { waba, teams } = pulled.target;
  if (pulled.kind === 'failed') {
    const { message, fix } = pulled.failure;
    return { waba, teams, ok: false, error: { message, fix } };
  }
  return { waba, teams, ok: true, file: templatesPath(waba), templates: total, changes, leftOut };
}
