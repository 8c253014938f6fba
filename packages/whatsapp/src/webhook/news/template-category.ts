import { readAs } from '@alur/types';
import { type NewsField } from './account-news.ts';
import { languageOf, readCategory, TemplateNamed, Word } from './template-words.ts';

const TemplateCategoryUpdate = TemplateNamed.extend({ new_category: Word });

/**
 * A template is of another category from now on, or will be tomorrow: the warning before a change names the present one as
 * `new_category`. Source: Meta, "template_category_update webhook reference".
 */
export const templateCategory: NewsField = {
  field: 'template_category_update',
  read: (value) => {
    const parsed = readAs(TemplateCategoryUpdate, value);
    const category = readCategory(parsed.data?.new_category);
    if (!parsed.success || category === undefined) return [];
    const { message_template_name: name, message_template_language: language } = parsed.data;
    return [{ kind: 'template_category', name, language: languageOf(language), category }];
  },
};
