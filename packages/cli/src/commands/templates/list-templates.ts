import { readAs } from '@alur/types';
import { readFlowPlaces, readTemplatesFile } from '@alur/bundle';
import { describeParameters } from '@alur/templates';
import type { TemplateDefinition } from '@alur/types';
import { z } from 'zod';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { bundleDirOf } from '../../place.ts';
import { renderTable } from '../../render-table.ts';
import { neverPulled, wabasOf } from './wabas-of.ts';

export interface ListFlags {
  bundle?: string;
  status?: string;
  name?: string;
}

const Quality = z.object({ score: z.string() });
const COLUMNS = ['name', 'language', 'category', 'status', 'quality', 'parameters'].map((head) => ({ head }));

/** `alur templates list`: what was pulled, as a table for each WABA. */
export async function listTemplates(flags: ListFlags, { io, colors }: Context): Promise<Outcome> {
  const dir = bundleDirOf(flags, io);
  const { places, problems } = await readFlowPlaces(dir);
  const wabas = wabasOf(places);
  const text: string[] = [];
  const data: object[] = [];
  for (const { waba, teams } of wabas) {
    const read = await readTemplatesFile(dir, waba);
    if (read.kind !== 'read') continue;
    const { pulled_at: pulledAt } = read.file;
    const rows = read.file.templates.filter((each) => isWanted(each, flags)).map(rowOf);
    data.push({ waba, teams, pulledAt, templates: rows });
    const cells = rows.map((row) => [
      row.name,
      row.language,
      row.category,
      row.status,
      row.quality,
      row.parameters,
    ]);
    text.push(`${colors.bold(`WABA ${waba}`)} (${teams.join(', ')}), pulled ${pulledAt}`);
    text.push(...(rows.length > 0 ? renderTable(COLUMNS, cells, colors) : ['no template']), '');
  }
  if (data.length === 0 && problems.length === 0) throw neverPulled(wabas.length > 0);
  return {
    exit: problems.length > 0 ? EXIT.invalidInput : EXIT.ok,
    data: { wabas: data, problems },
    text: text.join('\n'),
    warnings: problems.map(({ file, message, fix }) => `${file}: ${message}: ${fix}`),
    ...(problems.length > 0 && {
      error: { code: 'invalid_bundle', message: 'files of templates cannot be read' },
    }),
  };
}

function isWanted({ name, status }: TemplateDefinition, wanted: ListFlags): boolean {
  const ofStatus = wanted.status === undefined || status.toUpperCase() === wanted.status.toUpperCase();
  return ofStatus && name.includes(wanted.name?.toLowerCase() ?? '');
}

function rowOf(template: TemplateDefinition) {
  const { name, language, category, status } = template;
  const quality = readAs(Quality, template['quality_score']).data?.score ?? '';
  return { name, language, category, status, quality, parameters: describeParameters(template) };
}
