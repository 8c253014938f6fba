import { readAs } from '@alur/types';
import { z } from 'zod';
import { type AccountNews, type NewsField, type NewsTime } from './account-news.ts';
import { languageOf, readCategory, TemplateNamed, Word } from './template-words.ts';

type State = Extract<AccountNews, { kind: 'template' }>['state'];

const TemplateStatus = TemplateNamed.extend({
  event: Word,
  message_template_category: Word,
  other_info: z.object({ title: Word }).optional().catch(undefined),
});

const STATES: ReadonlyMap<string | undefined, State> = new Map([
  ['PAUSED', 'paused'],
  ['DISABLED', 'disabled'],
  ['REJECTED', 'disabled'],
  // Until one of this name is approved anew.
  ['DELETED', 'disabled'],
  ['APPROVED', 'approved'],
  ['REINSTATED', 'approved'],
]);
/** The end of a pause is told by the title alone. */
const UNPAUSED: ReadonlySet<string | undefined> = new Set(['UNPAUSE', 'UNPAUSED']);

const HOUR_MS = 3_600_000;
/** How long a pause lasts, by its title; others end when Meta says so. Source: Meta, "Template quality rating". */
const PAUSES_MS: ReadonlyMap<string | undefined, number> = new Map([
  ['FIRST_PAUSE', 3 * HOUR_MS],
  ['SECOND_PAUSE', 6 * HOUR_MS],
]);

/** A template may be sent from now on, or may not. Source: Meta, "message_template_status_update webhook reference". */
export const templateStatus: NewsField = {
  field: 'message_template_status_update',
  read: (value, time) => {
    const parsed = readAs(TemplateStatus, value);
    if (!parsed.success) return [];
    const { event, message_template_name: name, other_info } = parsed.data;
    const language = languageOf(parsed.data.message_template_language);
    const title = other_info?.title;
    const state = UNPAUSED.has(title) ? 'approved' : STATES.get(event);
    const category = readCategory(parsed.data.message_template_category);
    return [
      ...(state === undefined
        ? []
        : [{ kind: 'template' as const, name, language, state, untilMs: pauseEnd(state, title, time) }]),
      ...(category === undefined ? [] : [{ kind: 'template_category' as const, name, language, category }]),
    ];
  },
};

function pauseEnd(state: State, title: string | undefined, { atS }: NewsTime): number | undefined {
  const pauseMs = state === 'paused' ? PAUSES_MS.get(title) : undefined;
  return pauseMs === undefined ? undefined : atS * 1_000 + pauseMs;
}
