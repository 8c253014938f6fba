import { type JsonObject } from '@alur/types';
import { type StoredTemplate } from './stored-template.ts';

/** Meta's `message_template_status_update` for a template as it is now. */
export function statusNews(template: StoredTemplate, event = template.status): JsonObject {
  const { id, name, language, category, rejectedReason } = template;
  return {
    event,
    // An integer here, a string everywhere else.
    message_template_id: Number(id),
    message_template_name: name,
    message_template_language: language.replace('_', '-'),
    reason: event === 'REJECTED' ? rejectedReason : 'NONE',
    message_template_category: category,
  };
}

/** Meta's `template_category_update` after the category became another. */
export function categoryNews(template: StoredTemplate, previous: string): JsonObject {
  const { id, name, language, category } = template;
  return {
    message_template_id: Number(id),
    message_template_name: name,
    message_template_language: language.replace('_', '-'),
    previous_category: previous,
    new_category: category,
  };
}
