import { type JsonObject } from '@alur/types';
import { type InboundPayload, QUOTED, QUOTES } from './inbound-payload.ts';

const interactive = (type: string, part: JsonObject): JsonObject => ({
  type: 'interactive',
  interactive: { type, [type]: part },
  ...QUOTES,
});

export const CHOICES: readonly InboundPayload[] = [
  {
    label: 'a tapped reply button',
    message: interactive('button_reply', { id: 'change', title: 'Change' }),
    becomes: { kind: 'interactive', source: 'button', id: 'change', title: 'Change' },
    variables: { 'button.id': 'change', 'message.subtype': 'button', 'context.message_id': QUOTED },
  },
  {
    label: 'a chosen row',
    message: interactive('list_reply', { id: 'express', title: 'Express', description: '1-2 days' }),
    becomes: {
      kind: 'interactive',
      source: 'list',
      id: 'express',
      title: 'Express',
      description: '1-2 days',
    },
    variables: { 'list.description': '1-2 days', 'message.subtype': 'list' },
  },
  {
    label: 'a tapped quick reply of a template',
    message: { type: 'button', button: { payload: 'STOP_PROMO', text: 'Unsubscribe' }, ...QUOTES },
    becomes: { kind: 'interactive', source: 'template', id: 'STOP_PROMO', title: 'Unsubscribe' },
    variables: { 'button.title': 'Unsubscribe', 'message.subtype': 'template' },
  },
  {
    label: 'a tapped quick reply without context',
    message: { type: 'button', button: { payload: 'Yes', text: 'Yes' } },
    becomes: { kind: 'interactive', source: 'template', id: 'Yes', title: 'Yes' },
    variables: { 'context.message_id': null, 'context.from_me': null },
  },
];

export const FORMS: readonly InboundPayload[] = [
  {
    label: 'a filled-in flow',
    message: interactive('nfm_reply', {
      name: 'flow',
      body: 'Sent',
      response_json: '{"flow_token":"t1","age":"32"}',
    }),
    becomes: { kind: 'form', form: { flow_token: 't1', age: '32' }, source: 'flow' },
    variables: { 'form.age': '32', 'message.subtype': 'flow' },
  },
  {
    label: 'an address, without a token',
    message: interactive('nfm_reply', {
      name: 'address_message',
      body: 'Sent',
      response_json: '{"saved_address_id":"a1","values":{"city":"Delhi"}}',
    }),
    becomes: {
      kind: 'form',
      form: { saved_address_id: 'a1', values: { city: 'Delhi' } },
      source: 'address_message',
    },
    variables: { 'form.values.city': 'Delhi', 'message.subtype': 'address_message' },
  },
  {
    label: 'a form whose answer is a list',
    message: interactive('nfm_reply', { name: 'flow', body: 'Sent', response_json: '[1]' }),
    becomes: {
      kind: 'unsupported',
      type: 'nfm_reply',
      content: { name: 'flow', body: 'Sent', response_json: '[1]' },
    },
    variables: { 'unsupported.type': 'nfm_reply', 'unsupported.content.response_json': '[1]' },
  },
  {
    label: 'the answer to a request to call',
    message: interactive('call_permission_reply', {
      response: 'accept',
      expiration_timestamp: 1_739_407_424,
    }),
    becomes: {
      kind: 'unsupported',
      type: 'call_permission_reply',
      content: { response: 'accept', expiration_timestamp: 1_739_407_424 },
    },
    variables: { 'unsupported.content.response': 'accept' },
  },
  {
    label: 'an interactive message without its part',
    message: { type: 'interactive', interactive: { type: 'list_reply' } },
    becomes: { kind: 'unsupported', type: 'list_reply' },
    variables: { 'unsupported.content': null },
  },
];
