export { signBody, verifySignature, type SignatureCheck } from './signature.ts';
export { ITEMS_MAX, parseWebhook, type ParsedWebhook } from './webhook/parse-webhook.ts';
export {
  REJECT_REASONS,
  type AccountItem,
  type InboundDraft,
  type RejectReason,
  type RejectedItem,
  type WebhookItem,
} from './webhook/item.ts';
export { type AccountNews, type QualityEvent } from './webhook/news/account-news.ts';
export { completeEvent } from './webhook/message.ts';
export { renderMessage, type Recipient } from './messages/render-message.ts';
export { RenderError } from './messages/render-error.ts';
export {
  createGraphClient,
  type GraphClient,
  type GraphClientOptions,
  type SendRequest,
} from './graph-client.ts';
export { BaseUrlError, parseBaseUrl } from './base-url.ts';
export { type LocalCode, type LocalFailure, type SendOutcome, type UnknownReason } from './send-outcome.ts';
export {
  classifyGraphError,
  describeGraphError,
  parseGraphError,
  type ClassifyOptions,
  type GraphError,
  type GraphFailure,
} from './graph-errors.ts';
export { readLateFailure, type LateFailure } from './failed-status.ts';
export { type GraphCode } from './graph-code.ts';
export { type ListedCode, listGraphCodes } from './list-graph-codes.ts';
export { type GraphUsage, readUsage } from './graph-usage.ts';
// The class is what a consumer of outcomes switches on.
export { type FailureClass } from '@alur/types';
