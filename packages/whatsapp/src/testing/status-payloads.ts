import { type JsonObject, type StatusUpdate } from '@alur/types';
import { type RejectReason } from '../webhook/item.ts';
import { AT, CONTACT } from './frame.ts';

/** One receipt, and what it is for us. */
export interface StatusPayload {
  label: string;
  status: JsonObject;
  becomes: Partial<StatusUpdate> | RejectReason;
}

const RECEIPT: JsonObject = {
  id: 'wamid.sent',
  status: 'sent',
  timestamp: String(AT),
  recipient_id: CONTACT.waId,
  recipient_user_id: CONTACT.userId,
  recipient_parent_user_id: CONTACT.parentUserId,
  recipient_identity_key_hash: CONTACT.identityKeyHash,
  biz_opaque_callback_data: 'job-42',
  conversation: { id: '72b14d', expiration_timestamp: 1_750_116_480, origin: { type: 'marketing' } },
  pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'marketing' },
};
const IN_GROUP: JsonObject = {
  recipient_id: 'Y2FwaV9ncm91cA',
  recipient_type: 'group',
  recipient_participant_id: CONTACT.waId,
  recipient_participant_user_id: CONTACT.userId,
  recipient_participant_parent_user_id: CONTACT.parentUserId,
};

export const STATUS_PAYLOADS: readonly StatusPayload[] = [
  { label: 'sent', status: RECEIPT, becomes: { status: 'sent', wamid: 'wamid.sent', at: AT } },
  { label: 'delivered', status: { ...RECEIPT, status: 'delivered' }, becomes: { status: 'delivered' } },
  {
    label: 'read',
    status: { ...RECEIPT, status: 'read', timestamp: AT },
    becomes: { status: 'read', at: AT },
  },
  { label: 'played', status: { ...RECEIPT, status: 'played' }, becomes: { status: 'played' } },
  { label: 'deleted', status: { ...RECEIPT, status: 'deleted' }, becomes: { status: 'other' } },
  { label: 'warning', status: { ...RECEIPT, status: 'warning' }, becomes: { status: 'other' } },
  { label: 'a word of tomorrow', status: { ...RECEIPT, status: 'hologram' }, becomes: { status: 'other' } },
  {
    label: 'failed',
    status: {
      ...RECEIPT,
      status: 'failed',
      errors: [{ code: 131_049, title: 'x', message: 'x', error_data: { details: 'x' }, href: '/docs' }],
    },
    becomes: { status: 'failed', errorCode: 131_049 },
  },
  {
    label: 'failed, as older versions say it',
    status: { ...RECEIPT, status: 'failed', errors: [{ code: 131_026, title: 'x', details: 'x' }] },
    becomes: { status: 'failed', errorCode: 131_026 },
  },
  { label: 'read in a group', status: { ...RECEIPT, ...IN_GROUP, status: 'read' }, becomes: 'group_status' },
  {
    label: 'read by a member of a group',
    status: { ...RECEIPT, recipient_participant_id: CONTACT.waId },
    becomes: 'group_status',
  },
  { label: 'without a time', status: { ...RECEIPT, timestamp: 'now' }, becomes: 'bad_timestamp' },
];
