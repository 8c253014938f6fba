import { readAs } from '@alur/types';
import { type NewsField, type TemplateQuality } from './account-news.ts';
import { languageOf, TemplateNamed, Word } from './template-words.ts';

const TemplateQualityUpdate = TemplateNamed.extend({ new_quality_score: Word });

const SCORES: ReadonlyMap<unknown, TemplateQuality> = new Map<unknown, TemplateQuality>([
  ['GREEN', 'green'],
  ['YELLOW', 'yellow'],
  ['RED', 'red'],
  ['UNKNOWN', 'unknown'],
]);

/** How contacts take a template; a red one is paused soon. Source: Meta, "message_template_quality_update webhook reference". */
export const templateQuality: NewsField = {
  field: 'message_template_quality_update',
  read: (value) => {
    const parsed = readAs(TemplateQualityUpdate, value);
    const quality = SCORES.get(parsed.data?.new_quality_score);
    if (!parsed.success || quality === undefined) return [];
    const { message_template_name: name, message_template_language: language } = parsed.data;
    return [{ kind: 'template_quality', name, language: languageOf(language), quality }];
  },
};
