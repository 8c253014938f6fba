export { Json, JsonObject } from './json.ts';
export { readAs } from './read-as.ts';
export {
  ConversationId,
  EventId,
  MessageId,
  NumberId,
  Slug,
  aliasHash,
  attemptTag,
  eventId,
  hash,
  messageId,
  timerEventId,
  mintConversationId,
  parseAttemptTag,
} from './ids.ts';
export {
  ContactsEvent,
  FormEvent,
  InboundEvent,
  InteractiveEvent,
  LocationEvent,
  MediaEvent,
  MediaType,
  OrderEvent,
  ReactionEvent,
  Sender,
  TextEvent,
  UnsupportedEvent,
  EditEvent,
  RevokeEvent,
  TimerEvent,
  ReleaseEvent,
  ApiEvent,
  ScheduleEvent,
  StatusEvent,
  isFromContact,
  isMessage,
  type ContactEvent,
  type EventKind,
} from './event.ts';
export { StatusKind, StatusUpdate } from './status.ts';
export { OWN_EVENT_TYPES, isWanted, wantedTypes, type OwnEventType } from './outside-event.ts';
export { THROUGHPUT_DEFAULT, THROUGHPUT_MAX, TIERS, TIER_NAMES, Tier } from './tier.ts';
export { ContactsMessage } from './message/contacts.ts';
export { Interactive, InteractiveMessage } from './message/interactive/interactive.ts';
export { type LimitRow } from './message/limit.ts';
export { LIMITS, MESSAGE_LIMITS } from './message/limits.ts';
export { LocationMessage } from './message/location.ts';
export { MediaMessage } from './message/media.ts';
export { MediaFilePath } from './message/media-source.ts';
export { MEDIA_TYPES } from './message/media-types.ts';
export { OutboundMessage, isTemplate, type MessageKind } from './message/outbound-message.ts';
export { RawMessage } from './message/raw.ts';
export { ReactionMessage } from './message/reaction.ts';
export {
  columnSlots,
  columnsOf,
  fillColumns,
  fillText,
  type ColumnSlot,
} from './message/template/fill-columns.ts';
export { TEMPLATE_KINDS } from './message/template/component.ts';
export { PARAMETERS } from './message/template/parameter.ts';
export { TemplateMessage } from './message/template/template.ts';
export { TtlS, ttlProblem } from './message/template/ttl.ts';
export { TextMessage } from './message/text.ts';
export {
  Caller,
  EMPTY_SESSION,
  Effect,
  EmitEffect,
  LogEffect,
  MessageClass,
  MessageEffect,
  OptOutEffect,
  Session,
  Snapshot,
  Tag,
  TagEffect,
  WaitingRun,
  type RunFailure,
  type TraceStep,
  type TurnDone,
  type TurnNeeds,
  type TurnOutcome,
  type TurnResult,
} from './turn.ts';
export { headerNameProblem, HttpResult, Journal, type HttpRequest, type TextPiece } from './http-call.ts';
export {
  OPT_OUT_WORDS,
  OptOutScope,
  createOptOutMatcher,
  type OptOutMatcher,
  type OptOutWords,
} from './opt-out.ts';
export { DEAD_REASONS, DeadReason, FaultSide, type DeadReasonNote } from './failure.ts';
export { FailureClass, type ErrorOverride } from './failure-class.ts';
export { commonEnvironment, Port, WholeNumber } from './environment.ts';
export { TemplateDefinition, TemplatePart } from './template-definition.ts';
export { ApiScope } from './api-scope.ts';
export { didYouMean } from './did-you-mean.ts';
