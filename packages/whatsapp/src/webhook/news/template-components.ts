import { readAs } from '@alur/types';
import { type NewsField } from './account-news.ts';
import { languageOf, TemplateNamed } from './template-words.ts';

/**
 * A template says something else from now on, so that what was pulled of it is out of date.
 * Source: Meta, "message_template_components_update webhook reference".
 */
export const templateComponents: NewsField = {
  field: 'message_template_components_update',
  read: (value) => {
    const parsed = readAs(TemplateNamed, value);
    if (!parsed.success) return [];
    const { message_template_name: name, message_template_language: language } = parsed.data;
    return [{ kind: 'template_changed', name, language: languageOf(language) }];
  },
};
