import { JsonObject, type TemplateDefinition } from '@alur/types';
import { type Check, items, looseMembers, may, must, oneOf, text } from '../checks/check.ts';
import { type Refusal, badParameter, badTemplate } from '../graph/refusal.ts';
import { checkDefinition } from './check-definition.ts';
import { fillAuthentication } from './fill-authentication.ts';
import { type StoredTemplate, isJsonObject } from './stored-template.ts';
import { type ParameterFormat } from './variables.ts';

/** What `POST /{waba}/message_templates` gives, checked. */
export type TemplateDraft = Pick<
  StoredTemplate,
  'name' | 'language' | 'category' | 'format' | 'components' | 'more'
>;

const name: Check = (value) =>
  typeof value === 'string' && /^[a-z0-9_]{1,512}$/.test(value)
    ? undefined
    : badTemplate(
        2388046,
        'Name Format is Incorrect',
        'The message template name can only have lowercase letters and underscores.',
      );

const language: Check = (value) =>
  typeof value === 'string' && /^[a-z]{2,3}(?:_[A-Z]{2,4})?$/.test(value)
    ? undefined
    : badParameter(`Param language must be one of the supported languages - got ${JSON.stringify(value)}.`);

const frame: Record<string, Check> = {
  name: must(name),
  category: must(oneOf('AUTHENTICATION', 'MARKETING', 'UTILITY')),
  language: must(language),
  parameter_format: may(oneOf('NAMED', 'POSITIONAL')),
  components: must(items(looseMembers({ type: must(text(64)) }))),
};

/** The draft in the parameters of a call, or Meta's refusal. */
export function readDraft(params: Record<string, unknown>): { draft: TemplateDraft } | { refusal: Refusal } {
  for (const [member, check] of Object.entries(frame)) {
    const refusal = check(params[member], member);
    if (refusal) return { refusal };
  }
  const category = wordIn(params, 'category');
  const format: ParameterFormat = wordIn(params, 'parameter_format') === 'NAMED' ? 'NAMED' : 'POSITIONAL';
  const given = params['components'];
  const components = Array.isArray(given) ? given.filter(isJsonObject) : [];
  const refusal = checkDefinition(components, { category, format });
  if (refusal) return { refusal };
  return {
    draft: {
      name: String(params['name']),
      language: String(params['language']),
      category,
      format,
      components: category === 'AUTHENTICATION' ? fillAuthentication(components) : components,
      more: pickMore(params),
    },
  };
}

// What Meta keeps of a template beside the above, and tells when it is asked for it.
const MORE = [
  'message_send_ttl_seconds',
  'sub_category',
  'cta_url_link_tracking_opted_out',
  'allow_category_change',
];

function pickMore(params: Record<string, unknown>): JsonObject {
  const known = MORE.flatMap((member) => (params[member] === undefined ? [] : [[member, params[member]]]));
  return JsonObject.parse(Object.fromEntries(known));
}

function wordIn(params: Record<string, unknown>, member: string): string {
  const value = params[member];
  return typeof value === 'string' ? value.toUpperCase() : '';
}

/** A template as a WABA had it when its definitions were fetched. */
export function fromDefinition(
  definition: TemplateDefinition,
  wabaId: string,
  nowMs: number,
): StoredTemplate {
  const { id, name: named, language: written, status, category, parameter_format, components } = definition;
  return {
    id,
    wabaId,
    name: named,
    language: written,
    status,
    category,
    format: parameter_format ?? 'POSITIONAL',
    components: components.map((component) => JsonObject.parse(component)),
    rejectedReason: 'NONE',
    quality: { score: 'UNKNOWN', date: Math.floor(nowMs / 1_000) },
    editedMs: [],
    more: {},
  };
}
