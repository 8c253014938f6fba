import { type Calls, type GraphResult, SUCCESS } from '../graph/graph-call.ts';
import { type Refusal, badParameter, badTemplate, missingParameter } from '../graph/refusal.ts';
import { selectFields } from '../graph/select-fields.ts';
import { type StoredTemplate } from './stored-template.ts';
import { type TemplateCallDeps } from './template-calls.ts';
import { readDraft } from './template-draft.ts';
import { TEMPLATE_FIELDS } from './template-fields.ts';

const DAY_MS = 86_400_000;
// Source: Meta, "Template management": edits of an approved template.
const EDITS = [
  { max: 1, withinMs: DAY_MS, words: 'once in 24 hours' },
  { max: 10, withinMs: 30 * DAY_MS, words: '10 times in 30 days' },
];

/** `/{template_id}`: shows, edits, deletes and unpauses one template. */
export function oneTemplateCalls(deps: TemplateCallDeps): Calls<StoredTemplate> {
  return {
    GET: (call, template) => selectFields(TEMPLATE_FIELDS, template, call.params['fields']),
    POST: (call, template) => edit(template, call.params, deps),
    DELETE: (_call, template) => {
      deps.templates.remove(template);
      return SUCCESS;
    },
    'POST unpause': (_call, template) => {
      if (template.status !== 'PAUSED') return { refusal: CANNOT_CHANGE };
      deps.reviewer.decide(template, { status: 'APPROVED', reason: 'NONE' });
      return SUCCESS;
    },
  };
}

const CANNOT_CHANGE = badTemplate(
  2388039,
  "Message template status can't be changed",
  "The status for this message template can't be changed. You can only delete or add templates.",
);

const EDITABLE = new Set(['APPROVED', 'REJECTED', 'PAUSED']);

function edit(
  template: StoredTemplate,
  params: Record<string, unknown>,
  deps: TemplateCallDeps,
): GraphResult {
  const refused = checkEdit(template, params, deps.nowMs());
  if (refused) return { refusal: refused };
  const { name, language, category, format, components } = template;
  const read = readDraft({ name, language, category, parameter_format: format, components, ...params });
  if ('refusal' in read) return read;
  template.category = read.draft.category;
  template.components = params['components'] === undefined ? components : read.draft.components;
  template.more = { ...template.more, ...read.draft.more };
  if (template.status === 'APPROVED') template.editedMs.push(deps.nowMs());
  deps.reviewer.await(template);
  return { json: { success: true, id: template.id, name, category: template.category } };
}

function checkEdit(
  template: StoredTemplate,
  params: Record<string, unknown>,
  nowMs: number,
): Refusal | undefined {
  const { status, editedMs, category } = template;
  if (params['components'] === undefined && params['category'] === undefined)
    return missingParameter('components');
  if (!EDITABLE.has(status)) return CANNOT_CHANGE;
  if (status !== 'APPROVED') return undefined;
  const wanted = params['category'];
  if (wanted !== undefined && wanted !== category) {
    return badParameter('The category of an approved template cannot be changed.');
  }
  const over = EDITS.find(
    ({ max, withinMs }) => editedMs.filter((ms) => nowMs - ms < withinMs).length >= max,
  );
  return over && badParameter(`An approved template can be edited at most ${over.words}.`);
}
