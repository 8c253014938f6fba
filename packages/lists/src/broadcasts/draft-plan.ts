import type { Team } from '@alur/bundle';
import type { BroadcastPlan } from '@alur/store';
import { definitionOf, messageFaults, statusFault } from '@alur/templates';
import {
  columnSlots,
  columnsOf,
  fillColumns,
  JsonObject,
  NumberId,
  readAs,
  TemplateMessage,
  TtlS,
} from '@alur/types';
import { z } from 'zod';

const COLUMNS_MAX = 50;
/** What stands for a value while the template is checked without one. */
const STAND_IN = 'x';
const OWN_COLUMNS = ['wa_id', 'user_id'];

/** What a broadcast is made of, as the API and the command line take it. */
export const BroadcastBody = z.strictObject({
  /** What people call it. */
  name: z.string().min(1).max(200),
  /** The business's number; may be left out where the team has one only. */
  phone_number_id: NumberId.optional(),
  /** The Graph API's template object; `{{column}}` in its components stands for a recipient's value. */
  template: JsonObject,
  ttl_seconds: TtlS.optional(),
  /** The file's heading for `wa_id`, `user_id` or a placeholder, where it is another name. */
  columns: z.record(z.string(), z.string().min(1).max(200)).default({}),
  /** Stops when more than so many of a hundred fail. */
  stop_at_failed_percent: z.number().min(1).max(100).optional(),
  /** The same key makes one broadcast. */
  idempotency_key: z.string().min(1).max(200).optional(),
});
export type BroadcastBody = z.infer<typeof BroadcastBody>;

export interface PlanProblem {
  /** From the body on, with dots. */
  at: string;
  message: string;
}

/**
 * What is to be sent, checked against the templates that were pulled; or everything that is wrong with it. Values of recipients are checked
 * when those are added.
 */
export function draftPlan(
  body: BroadcastBody,
  number: NumberId,
  { templates }: Pick<Team, 'templates'>,
): { plan: BroadcastPlan; problems: readonly [] } | { problems: readonly PlanProblem[] } {
  const { template, ttl_seconds: ttlS } = body;
  const names = columnsOf(template);
  const filled = readAs(TemplateMessage, {
    kind: 'template',
    template: fillColumns(template, new Map(names.map((name) => [name, STAND_IN]))),
    ...(ttlS !== undefined && { ttlS }),
  });
  const problems = [...columnProblems(body, names), ...shapeProblems(template, filled)];
  if (problems.length > 0) return { problems };
  const message = filled.success ? filled.data : standIn(template);
  const faults = templates === undefined ? [] : definitionProblems(message, templates);
  if (faults.length > 0) return { problems: faults };
  const { language } = message.template;
  return {
    problems: [],
    plan: {
      name: body.name,
      number,
      template: { ...template, language: JsonObject.parse(language) },
      ttlS,
      columns: names,
      headings: body.columns,
      category: templates && definitionOf(message, templates)?.category.toUpperCase(),
      stopAtFailedPercent: body.stop_at_failed_percent,
    },
  };
}

function columnProblems({ template, columns }: BroadcastBody, names: readonly string[]): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const known = [...names, ...OWN_COLUMNS];
  for (const name of Object.keys(columns).filter((each) => !known.includes(each)))
    problems.push({ at: `columns.${name}`, message: 'the template has no placeholder of this name' });
  if (names.length > COLUMNS_MAX)
    problems.push({
      at: 'template',
      message: `it has ${names.length} placeholders, and ${COLUMNS_MAX} are allowed`,
    });
  for (const { path } of columnSlots(template).filter((slot) => slot.path[0] !== 'components'))
    problems.push({
      at: ['template', ...path].join('.'),
      message: 'a placeholder may stand in components only',
    });
  return problems;
}

// What a placeholder stands in is checked with its values: a link or a code may need another form than the stand-in has.
function shapeProblems(template: JsonObject, filled: z.ZodSafeParseResult<TemplateMessage>): PlanProblem[] {
  if (filled.success) return [];
  const open = columnSlots(template).map(({ path }) => ['template', ...path].join('.'));
  const problems = filled.error.issues.map(({ path, message }) => ({ at: path.join('.'), message }));
  return problems.filter(({ at }) => !open.some((slot) => slot === at || slot.startsWith(`${at}.`)));
}

// Only values of placeholders keep it from being one: the rest has been checked.
function standIn(template: JsonObject): TemplateMessage {
  const head = TemplateMessage.parse({ kind: 'template', template: { ...template, components: [] } });
  return { ...head, template: { ...head.template, ...template, language: head.template.language } };
}

function definitionProblems(
  message: TemplateMessage,
  templates: NonNullable<Team['templates']>,
): PlanProblem[] {
  const told = (path: readonly PropertyKey[], said: string, fix?: string) => ({
    at: path.join('.'),
    message: fix === undefined ? said : `${said}; ${fix}`,
  });
  const faults = messageFaults(message, templates).map(({ path, message: said, fix }) =>
    told(path, said, fix),
  );
  const definition = definitionOf(message, templates);
  const status = definition && statusFault(definition);
  return status === undefined
    ? faults
    : [...faults, told(['template', ...status.path], status.message, status.fix)];
}
