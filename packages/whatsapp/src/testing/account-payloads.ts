import { type JsonObject } from '@alur/types';
import { type AccountPayload } from './account-payload.ts';
import { UPDATES } from './account-update-payloads.ts';
import { CONTACT_ENTRY, CONTACT, DISPLAY, METADATA } from './frame.ts';

const TEMPLATE: JsonObject = {
  message_template_id: 1_689_556_908_129_835,
  message_template_name: 'cart',
  message_template_language: 'en-US',
};
const kept = (field: string, value: JsonObject): AccountPayload => ({ label: field, field, value, news: [] });

const NUMBERS: readonly AccountPayload[] = [
  {
    ...kept('phone_number_quality_update', {
      display_phone_number: DISPLAY,
      event: 'THROUGHPUT_UPGRADE',
      current_limit: 'TIER_UNLIMITED',
      old_limit: 'TIER_100K',
      max_daily_conversations_per_business: 'TIER_UNLIMITED',
    }),
    news: [
      { kind: 'tier', scope: 'portfolio', displayNumber: DISPLAY, tier: 'unlimited' },
      { kind: 'throughput', displayNumber: DISPLAY, perSecond: 1_000 },
    ],
  },
  {
    ...kept('business_capability_update', {
      max_daily_conversation_per_phone: 1_000,
      max_daily_conversations_per_business: 'TIER_2K',
      max_phone_numbers_per_business: 2,
      max_phone_numbers_per_waba: 25,
    }),
    news: [
      { kind: 'tier', scope: 'portfolio', tier: '2k' },
      { kind: 'tier', scope: 'number', tier: '1' },
    ],
  },
  {
    ...kept('phone_number_name_update', {
      display_phone_number: DISPLAY,
      decision: 'REJECTED',
      requested_verified_name: 'Lucky Shrub',
      rejection_reason: 'NAME_EMPLOYEE_REASON',
    }),
    alert: 'REJECTED',
  },
  {
    ...kept('security', {
      display_phone_number: DISPLAY,
      event: 'PIN_RESET_REQUEST',
      requester: '61555822107539',
    }),
    alert: 'PIN_RESET_REQUEST',
  },
  kept('business_username_updates', {
    display_phone_number: DISPLAY,
    username: 'lucky_shrub',
    status: 'approved',
  }),
];

const ACCOUNT: readonly AccountPayload[] = [
  {
    ...kept('account_alerts', {
      entity_type: 'BUSINESS',
      entity_id: '506914307656634',
      alert_info: {
        alert_severity: 'WARNING',
        alert_status: 'ACTIVE',
        alert_type: 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED',
        alert_description: 'x',
      },
    }),
    alert: 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED',
  },
  kept('account_review_update', { decision: 'APPROVED' }),
  {
    ...kept('user_preferences', {
      messaging_product: 'whatsapp',
      metadata: METADATA,
      contacts: [CONTACT_ENTRY],
      user_preferences: [
        {
          wa_id: CONTACT.waId,
          user_id: CONTACT.userId,
          detail: 'User requested to stop marketing messages',
          category: 'marketing_messages',
          value: 'stop',
          timestamp: 1_731_705_721,
        },
      ],
    }),
    news: [
      {
        kind: 'preference',
        waId: CONTACT.waId,
        userId: CONTACT.userId,
        change: 'out',
        atS: 1_731_705_721,
      },
    ],
  },
];

const ofTemplate = (field: string, members: JsonObject): AccountPayload => ({
  label: field,
  field,
  value: { ...TEMPLATE, ...members },
});

const TEMPLATES: readonly AccountPayload[] = [
  ofTemplate('message_template_status_update', {
    event: 'REJECTED',
    reason: 'INVALID_FORMAT',
    message_template_category: 'MARKETING',
    rejection_info: { reason: 'x', recommendation: 'x' },
    disable_info: { disable_date: 'x' },
    other_info: { title: 'FIRST_PAUSE', description: 'x' },
  }),
  ofTemplate('message_template_quality_update', {
    previous_quality_score: 'GREEN',
    new_quality_score: 'YELLOW',
  }),
  {
    ...ofTemplate('message_template_status_update', {
      previous_quality_score: 'GREEN',
      new_quality_score: 'RED',
    }),
    label: 'message_template_quality_update under the name of another',
    isOf: 'message_template_quality_update',
  },
  ofTemplate('template_category_update', {
    new_category: 'UTILITY',
    correct_category: 'MARKETING',
    category_update_timestamp: 1_746_169_200,
  }),
  ofTemplate('template_category_update', { previous_category: 'UTILITY', new_category: 'MARKETING' }),
  ofTemplate('message_template_components_update', {
    message_template_title: 'Hi',
    message_template_element: 'Hello {{1}}',
    message_template_footer: 'Bye',
    message_template_buttons: [
      {
        message_template_button_type: 'URL',
        message_template_button_text: 'Go',
        message_template_button_url: 'https://example.com',
        message_template_button_phone_number: '+15550783881',
      },
    ],
  }),
];

const KEPT: readonly AccountPayload[] = [
  kept('flows', { event: 'FLOW_STATUS_CHANGE', flow_id: '1' }),
  kept('calls', { metadata: METADATA, calls: [{ id: 'wacid.1', event: 'connect', direction: 'x' }] }),
  kept('history', { metadata: METADATA, history: [{ threads: [] }] }),
  kept('smb_app_state_sync', { metadata: METADATA, state_sync: [] }),
  kept('smb_message_echoes', {
    metadata: METADATA,
    message_echoes: [
      {
        from: DISPLAY,
        to: CONTACT.waId,
        id: 'wamid.echo',
        timestamp: '1739321024',
        type: 'text',
        text: { body: 'x' },
      },
    ],
  }),
  kept('automatic_events', { metadata: METADATA, automatic_events: [] }),
  kept('partner_solutions', { event: 'SOLUTION_CREATED', solution_id: '1', solution_status: 'INITIATED' }),
  kept('payment_configuration_update', { configuration_name: 'x', status: 'Needs_Connecting' }),
  kept('group_lifecycle_update', { metadata: METADATA, groups: [{ type: 'group_create' }] }),
  kept('group_participants_update', { metadata: METADATA, groups: [] }),
  kept('group_settings_update', { metadata: METADATA, groups: [] }),
  kept('group_status_update', { metadata: METADATA, groups: [] }),
  kept('a_field_of_tomorrow', { a: 1 }),
];

/** Every field beside `messages`, in Meta's words. */
export const ACCOUNT_PAYLOADS: readonly AccountPayload[] = [
  ...UPDATES,
  ...NUMBERS,
  ...ACCOUNT,
  ...TEMPLATES,
  ...KEPT,
];
