import { written } from '../checks/check.ts';
import { type GraphCall, type GraphResult, SUCCESS } from '../graph/graph-call.ts';
import { type Refusal, badParameter, badTemplate, missingParameter } from '../graph/refusal.ts';
import { type StoredTemplate } from './stored-template.ts';
import { type TemplateBook } from './template-book.ts';

const IDS_MAX = 100;

/** Deletes by `name` (all languages), by `name` and `hsm_id` (one), or by `hsm_ids` (at most 100). */
export function deleteTemplates(call: GraphCall, wabaId: string, templates: TemplateBook): GraphResult {
  const { name, hsm_id: id, hsm_ids: ids } = call.params;
  const found =
    ids === undefined ? byName(name, id, templates.list(wabaId)) : byIds(ids, templates.list(wabaId));
  if ('refusal' in found) return found;
  for (const template of found.templates) templates.remove(template);
  return SUCCESS;
}

type Found = { templates: StoredTemplate[] } | { refusal: Refusal };

function byName(name: unknown, id: unknown, all: StoredTemplate[]): Found {
  if (typeof name !== 'string' || name === '') return { refusal: missingParameter('name') };
  const named = all.filter((template) => template.name === name);
  const found = id === undefined ? named : named.filter((template) => template.id === written(id));
  return found.length > 0 ? { templates: found } : { refusal: notFound(name, id) };
}

function byIds(given: unknown, all: StoredTemplate[]): Found {
  const ids = listIn(given);
  if (ids === undefined || ids.length === 0 || ids.length > IDS_MAX) {
    return { refusal: badParameter(`Param hsm_ids must be an array of 1 to ${IDS_MAX} ids.`) };
  }
  const unknown = ids.find((id) => !all.some((template) => template.id === id));
  if (unknown !== undefined) return { refusal: notFound('', unknown) };
  return { templates: all.filter((template) => ids.includes(template.id)) };
}

/** A JSON list, written out as a query has it or not. */
function listIn(given: unknown): string[] | undefined {
  const value = typeof given === 'string' ? parse(given) : given;
  return Array.isArray(value) ? value.map(String) : undefined;
}

function parse(text: string): unknown {
  try {
    // Ids that are written as numbers stay what they are, however long.
    return JSON.parse(text.replace(/(?<![\w"])\d+(?![\w"])/g, '"$&"'));
  } catch {
    return undefined;
  }
}

function notFound(name: string, id: unknown): Refusal {
  const what = [
    name === '' ? [] : [`name "${name}"`],
    id === undefined ? [] : [`ID "${written(id)}"`],
  ].flat();
  return badTemplate(
    2593002,
    'Message Template Not Found',
    `No message template exists with the specified ${what.join(' and ')}.`,
  );
}
