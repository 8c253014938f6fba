import { checkProduct } from '../graph/check-product.ts';
import { type Refusal, invalidValue } from '../graph/refusal.ts';
import { type Check, all, may, members, must, oneOf, text } from './check.ts';

export const UNKNOWN_MESSAGE = invalidValue('Message ID is invalid: it must be the id of a received message');

const wamid: Check = (value) =>
  typeof value === 'string' && value.startsWith('wamid.') ? undefined : UNKNOWN_MESSAGE;

/** What a read receipt, with or without typing indicator, must hold. */
export const checkReadReceipt = (body: Record<string, unknown>): Refusal | undefined =>
  checkProduct(body['messaging_product']) ??
  must(oneOf('read'))(body['status'], 'status') ??
  must(all(text(512), wamid))(body['message_id'], 'message_id') ??
  may(members({ type: must(oneOf('text')) }))(body['typing_indicator'], 'typing_indicator');
