import { type FieldTable } from '../graph/select-fields.ts';
import { type StoredTemplate } from './stored-template.ts';

/** What can be asked for of a template. */
export const TEMPLATE_FIELDS: FieldTable<StoredTemplate> = {
  node: 'WhatsAppMessageTemplate',
  usual: ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'sub_category'],
  fields: {
    id: ({ id }) => id,
    name: ({ name }) => name,
    language: ({ language }) => language,
    status: ({ status }) => status,
    category: ({ category }) => category,
    components: ({ components }) => components,
    parameter_format: ({ format }) => format,
    previous_category: () => undefined,
    correct_category: () => undefined,
    rejected_reason: ({ rejectedReason }) => rejectedReason,
    quality_score: ({ quality }) => quality,
    sub_category: ({ more }) => more['sub_category'],
    message_send_ttl_seconds: ({ more }) => more['message_send_ttl_seconds'],
    cta_url_link_tracking_opted_out: ({ more }) => more['cta_url_link_tracking_opted_out'],
    library_template_name: () => undefined,
    last_updated_time: () => undefined,
  },
};
