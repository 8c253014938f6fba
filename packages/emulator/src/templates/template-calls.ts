import { type Ids } from '../ids.ts';
import { type Calls, type GraphCall, type GraphResult } from '../graph/graph-call.ts';
import { pageOf } from '../graph/paging.ts';
import { type Refusal, badTemplate, refusal } from '../graph/refusal.ts';
import { selectFields } from '../graph/select-fields.ts';
import { type Waba } from '../account/waba-calls.ts';
import { deleteTemplates } from './delete-templates.ts';
import { type Reviewer } from './review-templates.ts';
import { type StoredTemplate } from './stored-template.ts';
import { type TemplateBook } from './template-book.ts';
import { type TemplateDraft, readDraft } from './template-draft.ts';
import { TEMPLATE_FIELDS } from './template-fields.ts';

export interface TemplateCallDeps {
  templates: TemplateBook;
  reviewer: Reviewer;
  ids: Pick<Ids, 'object'>;
  nowMs: () => number;
}

// Source: Meta, "Template management": templates of an unverified WABA, and creations an hour.
const TEMPLATES_MAX = 250;
const CREATIONS_MAX = 100;
const HOUR_MS = 3_600_000;

/** `/{waba_id}/message_templates`: lists, creates, deletes. */
export function wabaTemplateCalls(deps: TemplateCallDeps): Calls<Waba> {
  const createdMs = new Map<string, number[]>();
  return {
    'GET message_templates': (call, { id }) => listTemplates(call, deps.templates.list(id)),
    'POST message_templates': (call, { id }) => {
      const recent = (createdMs.get(id) ?? []).filter((ms) => deps.nowMs() - ms < HOUR_MS);
      createdMs.set(id, recent);
      if (recent.length >= CREATIONS_MAX) return { refusal: TOO_MANY_CREATIONS };
      const read = readDraft(call.params);
      if ('refusal' in read) return read;
      const refused = checkPlace(read.draft, id, deps.templates);
      if (refused) return { refusal: refused };
      recent.push(deps.nowMs());
      return create(read.draft, id, deps);
    },
    'DELETE message_templates': (call, { id }) => deleteTemplates(call, id, deps.templates),
  };
}

const TOO_MANY_CREATIONS = refusal(
  80007,
  'Rate limit issues',
  `At most ${CREATIONS_MAX} templates an hour can be created in a WhatsApp Business account.`,
);

/** Whether there is room for a template, and whether its name is free. */
function checkPlace(draft: TemplateDraft, wabaId: string, templates: TemplateBook): Refusal | undefined {
  const { name, language } = draft;
  if (templates.find(wabaId, draft)) {
    return badTemplate(
      2388024,
      'Content in This Language Already Exists',
      `There is already ${language} content for this template. You can create a new template and try again.`,
    );
  }
  if (templates.isReserved(wabaId, draft)) {
    return badTemplate(
      2388023,
      'Message Template Language Is Being Deleted',
      `New ${language} content can't be added to ${name} while the existing ${language} content is being deleted. ` +
        'Try again in 4 weeks, or create a new template.',
    );
  }
  if (templates.list(wabaId).length < TEMPLATES_MAX) return undefined;
  return badTemplate(
    2388019,
    'Message Template Limit Exceeded',
    `A WhatsApp Business account can have at most ${TEMPLATES_MAX} message templates.`,
  );
}

function create(draft: TemplateDraft, wabaId: string, deps: TemplateCallDeps): GraphResult {
  const template: StoredTemplate = {
    ...draft,
    id: deps.ids.object(),
    wabaId,
    status: 'PENDING',
    rejectedReason: 'NONE',
    quality: { score: 'UNKNOWN', date: Math.floor(deps.nowMs() / 1_000) },
    editedMs: [],
  };
  deps.templates.add(template);
  deps.reviewer.await(template);
  return { json: { id: template.id, status: template.status, category: template.category } };
}

// `name` finds what contains it, `name_or_content` looks into the texts, too.
const FILTERS: Record<string, (template: StoredTemplate, wanted: string) => boolean> = {
  status: ({ status }, wanted) => isOneOf(status, wanted),
  category: ({ category }, wanted) => isOneOf(category, wanted),
  language: ({ language }, wanted) => isOneOf(language, wanted),
  name: ({ name }, wanted) => name.includes(wanted.toLowerCase()),
  name_or_content: ({ name, components }, wanted) =>
    `${name} ${JSON.stringify(components)}`.toLowerCase().includes(wanted.toLowerCase()),
  content: ({ components }, wanted) =>
    JSON.stringify(components).toLowerCase().includes(wanted.toLowerCase()),
  quality_score: ({ quality }, wanted) => isOneOf(quality.score, wanted),
};

/** One word, or several as a JSON list or with commas. */
function isOneOf(value: string, wanted: string): boolean {
  const words = wanted.replace(/[[\]"'\s]/g, '').split(',');
  return words.some((word) => word.toLowerCase() === value.toLowerCase());
}

function listTemplates(call: GraphCall, all: StoredTemplate[]): GraphResult {
  const matching = all.filter((template) =>
    Object.entries(FILTERS).every(([name, fits]) => {
      const given = call.params[name];
      const wanted = Array.isArray(given) ? given.join(',') : given;
      return typeof wanted !== 'string' || wanted === '' || fits(template, wanted);
    }),
  );
  const found = pageOf(call, matching);
  if ('refusal' in found) return found;
  const data: object[] = [];
  for (const template of found.page.data) {
    const selected = selectFields(TEMPLATE_FIELDS, template, call.params['fields']);
    if ('refusal' in selected) return selected;
    data.push(selected.json);
  }
  return { json: { ...found.page, data } };
}
