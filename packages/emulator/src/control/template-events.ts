import { type JsonObject } from '@alur/types';
import { type AccountEvent, type EventSubject, HOUR_S } from './account-event.ts';

const templateFrame = ({ template, templateId }: EventSubject): JsonObject => ({
  message_template_id: templateId,
  message_template_name: template.name,
  message_template_language: template.language,
});

const templateStatus = (event: string, more: JsonObject = {}): AccountEvent => ({
  field: 'message_template_status_update',
  value: (subject) => ({ event, ...templateFrame(subject), reason: 'NONE', ...more }),
});

/** About templates. */
export const TEMPLATE_EVENTS = {
  template_approved: templateStatus('APPROVED'),
  template_rejected: templateStatus('REJECTED', {
    reason: 'INVALID_FORMAT',
    rejection_info: { reason: 'Variables are too close to each other', recommendation: 'Add words between' },
  }),
  template_pending: templateStatus('PENDING'),
  template_paused: templateStatus('PAUSED', {
    other_info: { title: 'FIRST_PAUSE', description: 'Paused for 3 hours: low quality' },
  }),
  template_unpaused: templateStatus('APPROVED', {
    other_info: { title: 'UNPAUSE', description: 'The template can be sent again' },
  }),
  template_disabled: templateStatus('DISABLED', {
    other_info: { title: 'DISABLED', description: 'Low quality too often' },
  }),
  template_flagged: templateStatus('FLAGGED', { disable_info: { disable_date: 'May 1, 2026' } }),
  template_deleted: templateStatus('DELETED'),
  template_quality_changed: {
    field: 'message_template_quality_update',
    value: (subject) => ({
      previous_quality_score: 'GREEN',
      new_quality_score: 'YELLOW',
      ...templateFrame(subject),
    }),
  },
  template_components_changed: {
    field: 'message_template_components_update',
    value: (subject) => ({
      ...templateFrame(subject),
      message_template_title: 'News',
      message_template_element: 'Hello {{1}}',
      message_template_footer: 'Lucky Shrub',
      message_template_buttons: [
        {
          message_template_button_type: 'URL',
          message_template_button_text: 'Open',
          message_template_button_url: 'https://example.com/',
        },
      ],
    }),
  },
  template_category_warned: {
    field: 'template_category_update',
    value: (subject) => ({
      ...templateFrame(subject),
      new_category: 'UTILITY',
      correct_category: 'MARKETING',
      category_update_timestamp: subject.nowSeconds + 24 * HOUR_S,
    }),
  },
  template_category_changed: {
    field: 'template_category_update',
    value: (subject) => ({
      ...templateFrame(subject),
      previous_category: 'UTILITY',
      new_category: 'MARKETING',
    }),
  },
} satisfies Record<string, AccountEvent>;
