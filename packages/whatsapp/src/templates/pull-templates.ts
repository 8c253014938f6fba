import { TemplateDefinition, type Json, type JsonObject, readAs } from '@alur/types';
import { type CallFailed, type CallRefused } from '../graph/graph-answer.ts';
import { type GraphClient } from '../graph/graph-client.ts';

export interface PullOptions {
  /** Id of the WABA. */
  waba: string;
  token: string;
  /** Such as `v25.0`. */
  apiVersion: string;
  /** Told after each page how many templates there are so far. */
  onPage?: (count: number) => void;
}

/** A template that cannot be used here; `problem` quotes nothing of it. */
export interface LeftOut {
  id?: string;
  name?: string;
  language?: string;
  problem: string;
}

/**
 * `pulled`: all templates of the WABA; those that are not as documented are named in `leftOut`. `endless`: Graph's pages lead in
 * circles or on and on. Else what Graph said of the page that failed.
 */
export type PullOutcome =
  | { kind: 'pulled'; templates: TemplateDefinition[]; leftOut: LeftOut[] }
  | { kind: 'endless'; pages: number }
  | CallRefused
  | CallFailed;

/** A WABA may have 6,000 templates. */
const PAGES_MAX = 200;
const PAGE_TEMPLATES = 100;
/** A template with its examples has some KiB. */
const PAGE_BYTES_MAX = 8_388_608;
const FIELDS = [
  'name',
  'language',
  'status',
  'category',
  'parameter_format',
  'components',
  'sub_category',
  'quality_score',
  'rejected_reason',
].join(',');

/**
 * Reads every template of a WABA, page by page. Never rejects; a page that fails ends it, since a list with a hole would
 * tell of templates that they are gone. Source: Meta, "GET /{waba}/message_templates".
 */
export async function pullTemplates(
  graph: Pick<GraphClient, 'call'>,
  { waba, token, apiVersion, onPage }: PullOptions,
): Promise<PullOutcome> {
  const templates: TemplateDefinition[] = [];
  const leftOut: LeftOut[] = [];
  const seen = new Set<string>();
  let after: string | undefined;
  for (let pages = 1; pages <= PAGES_MAX; pages += 1) {
    const outcome = await graph.call({
      method: 'GET',
      path: `${waba}/message_templates`,
      token,
      apiVersion,
      query: { fields: FIELDS, limit: String(PAGE_TEMPLATES), ...(after !== undefined && { after }) },
      answerBytesMax: PAGE_BYTES_MAX,
    });
    if (outcome.kind !== 'ok') return outcome;
    const page = readPage(outcome.json);
    if (!page) return { kind: 'failed', reason: 'bad_answer', durationMs: outcome.durationMs };
    for (const raw of page.data) sort(raw, templates, leftOut);
    onPage?.(templates.length + leftOut.length);
    if (page.after === undefined) return { kind: 'pulled', templates, leftOut };
    if (seen.has(page.after)) return { kind: 'endless', pages };
    seen.add(page.after);
    after = page.after;
  }
  return { kind: 'endless', pages: PAGES_MAX };
}

/** `after` is there when another page follows: Meta gives a cursor on the last page, too, but no address of a next one. */
function readPage(json: Json): { data: Json[]; after: string | undefined } | undefined {
  const { data, paging } = asObject(json);
  if (!Array.isArray(data)) return undefined;
  const { next, cursors } = asObject(paging);
  const { after } = asObject(cursors);
  if (next === undefined || next === null) return { data, after: undefined };
  return typeof after === 'string' && after !== '' ? { data, after } : undefined;
}

function sort(raw: Json, templates: TemplateDefinition[], leftOut: LeftOut[]): void {
  const parsed = readAs(TemplateDefinition, raw);
  if (parsed.success) {
    templates.push(parsed.data);
    return;
  }
  const { id, name, language } = asObject(raw);
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  leftOut.push({
    ...(typeof id === 'string' && { id }),
    ...(typeof name === 'string' && { name }),
    ...(typeof language === 'string' && { language }),
    problem: `${where === '' ? 'it' : `\`${where}\``} is not as documented: ${issue?.message ?? 'no reason'}`,
  });
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
