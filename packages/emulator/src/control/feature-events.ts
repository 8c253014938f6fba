import { type JsonObject } from '@alur/types';
import { metadataOf } from '../webhooks/compose-webhook.ts';
import { type AccountEvent, type EventSubject, plain } from './account-event.ts';

const framed = (field: string, value: (subject: EventSubject) => JsonObject): AccountEvent => ({
  field,
  value: (subject) => ({
    messaging_product: 'whatsapp',
    metadata: metadataOf(subject.number),
    ...value(subject),
  }),
});

const group = (field: string, type: string): AccountEvent =>
  framed(field, ({ nowSeconds }) => ({
    groups: [{ timestamp: String(nowSeconds), group_id: 'Y2FwaV9ncm91cDox', type, request_id: 'req-1' }],
  }));

/** About calls, groups and the WhatsApp Business app, which this project does not use. */
export const FEATURE_EVENTS = {
  call_connected: framed('calls', ({ number, contact, nowSeconds }) => ({
    contacts: [{ profile: { name: 'Pablo' }, wa_id: contact }],
    calls: [
      {
        id: 'wacid.ABGG',
        to: plain(number),
        from: contact,
        event: 'connect',
        timestamp: String(nowSeconds),
        direction: 'USER_INITIATED',
      },
    ],
  })),
  business_app_echo: framed('smb_message_echoes', ({ number, contact, nowSeconds }) => ({
    message_echoes: [
      {
        from: plain(number),
        to: contact,
        id: 'wamid.ZWNobw==',
        timestamp: String(nowSeconds),
        type: 'text',
        text: { body: 'Typed in the app' },
      },
    ],
  })),
  business_app_contact: framed('smb_app_state_sync', ({ contact, nowSeconds }) => ({
    state_sync: [
      {
        type: 'contact',
        contact: { full_name: 'Pablo Morales', first_name: 'Pablo', phone_number: contact },
        action: 'add',
        metadata: { timestamp: String(nowSeconds) },
      },
    ],
  })),
  history_synced: framed('history', () => ({
    history: [{ metadata: { phase: 0, chunk_order: 1, progress: 100 }, threads: [] }],
  })),
  automatic_event: framed('automatic_events', ({ nowSeconds }) => ({
    automatic_events: [
      { id: 'wamid.YXV0bw==', event_name: 'LeadSubmitted', timestamp: nowSeconds, ctwa_clid: 'Afc' },
    ],
  })),
  group_created: group('group_lifecycle_update', 'group_create'),
  group_joined: group('group_participants_update', 'group_participants_add'),
  group_settings_changed: group('group_settings_update', 'group_settings_update'),
  group_suspended: group('group_status_update', 'group_suspend'),
} satisfies Record<string, AccountEvent>;
