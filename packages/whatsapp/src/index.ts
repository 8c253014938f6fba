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
export { IdentityChange } from './webhook/identity.ts';
export { USER_ID } from './webhook/fields.ts';
export { readPhoneNumber, type PhoneNumber } from './phone-number.ts';
export { INBOUND_TYPES } from './webhook/index.ts';
export { WEBHOOK_FIELDS } from './webhook/webhook-fields.ts';
export { type AccountNews, type QualityEvent } from './webhook/news/account-news.ts';
export { completeEvent } from './webhook/message.ts';
export { renderMessage, type Recipient } from './messages/render-message.ts';
export { listMediaFiles, withMediaIds } from './messages/media-files.ts';
export { renderReadReceipt } from './messages/read-receipt.ts';
export { RenderError } from './messages/render-error.ts';
export {
  createGraphClient,
  type GraphClient,
  type GraphClientOptions,
  type SendRequest,
} from './graph/graph-client.ts';
export { type GraphCall } from './graph/graph-call.ts';
export {
  type CallFailed,
  type CallFault,
  type CallRefused,
  type GraphCallOutcome,
} from './graph/graph-answer.ts';
export { type UploadFile, type UploadOutcome, type UploadRequest } from './graph/graph-upload.ts';
export {
  MEDIA_BYTES_MAX,
  type MediaFault,
  type MediaOutcome,
  type MediaRequest,
} from './media/fetch-media.ts';
export { BaseUrlError, parseBaseUrl } from './graph/base-url.ts';
export {
  type LocalCode,
  type LocalFailure,
  type SendOutcome,
  type UnknownReason,
} from './graph/send-outcome.ts';
export {
  classifyGraphError,
  describeGraphError,
  parseGraphError,
  type ClassifyOptions,
  type GraphError,
  type GraphFailure,
} from './graph/graph-errors.ts';
export { readLateFailure, type LateFailure } from './graph/failed-status.ts';
export { type CodeNote, describeCode, OPERATOR } from './graph/describe-code.ts';
export { type GraphCode } from './graph/graph-code.ts';
export { type ListedCode, listGraphCodes } from './graph/list-graph-codes.ts';
export {
  pullTemplates,
  type LeftOut,
  type PullOptions,
  type PullOutcome,
} from './templates/pull-templates.ts';
export { type GraphUsage, readUsage } from './graph/graph-usage.ts';
// The class is what a consumer of outcomes switches on.
export { type FailureClass } from '@alur/types';
