import { type Json } from '@alur/types';
import { jsonBytes } from '../run/json-bytes.ts';
import { NodeFailure, type NodeEffect } from './define-node.ts';

/** Of one event: the last hundred thousand are kept for subscribers, in memory. */
const PAYLOAD_BYTES_MAX = 64 * 1024;

/** An event for the bundle's subscribers. A payload that is too large fails the node. */
export function emit(eventType: string, payload: Json): NodeEffect {
  if (jsonBytes(payload) <= PAYLOAD_BYTES_MAX) return { kind: 'event', eventType, payload };
  const limit = `${PAYLOAD_BYTES_MAX / 1024} KiB`;
  throw new NodeFailure('expression', `The event "${eventType}" comes to more than ${limit}`);
}
