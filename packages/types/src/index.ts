export { Json, JsonObject } from './json.ts';
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
  type EventKind,
} from './event.ts';
export { StatusKind, StatusUpdate } from './status.ts';
export { THROUGHPUT_DEFAULT, THROUGHPUT_MAX, TIERS, TIER_NAMES, Tier } from './tier.ts';
export {
  ContactsMessage,
  Interactive,
  InteractiveMessage,
  LIMITS,
  LocationMessage,
  MediaMessage,
  OutboundMessage,
  RawMessage,
  ReactionMessage,
  TemplateMessage,
  TextMessage,
  isTemplate,
  type MessageKind,
} from './message.ts';
export {
  EMPTY_SESSION,
  Effect,
  MessageClass,
  MessageEffect,
  OptOutEffect,
  Session,
  Snapshot,
  type RunFailure,
  type TraceStep,
  type TurnResult,
} from './turn.ts';
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
