export {
  connect,
  waitUntilReady,
  type ConnectionOptions,
  type Connections,
  type RedisClient,
} from './connection.ts';
export { openStore, type Store } from './open-store.ts';
export {
  createReadReceipts,
  startReadReceiptWorker,
  type ReadReceipt,
  type ReadReceipts,
} from './read-receipts.ts';
export { createIntake, type AcceptOutcome, type Intake } from './intake.ts';
export { shardOf } from './keys.ts';
export { createReadyReader, type ReadyEntry, type ReadyReader } from './ready.ts';
export { createTurns, type Loaded, type Turns } from './turns.ts';
export { type Commit, type CommitResult, type NewEmitted, type Timer } from './commit.ts';
export { parseItem, type InboxItem } from './inbox-item.ts';
export { type Answer, type Recorded } from './journal.ts';
export {
  findConversation,
  isHandedOff,
  readConversation,
  StoredContact,
  type Conversation,
} from './conversation.ts';
export { fire, oldestTimer, type Fired } from './timers.ts';
export {
  dueSchedules,
  planSchedule,
  startOccurrence,
  type ScheduleRef,
  type SchedulesDue,
  type Started,
} from './schedules.ts';
export { feedSchedule, type AudienceMember, type Fed, type Feed } from './feed-schedule.ts';
export { readContact } from './read-contact.ts';
export { readEmitted, type Emitted } from './emitted.ts';
export {
  failSubscription,
  lastEmitted,
  moveSubscription,
  oldestUndelivered,
  takeSubscription,
  type FailedDelivery,
  type HeldSubscription,
  type SubscriptionRef,
  type TakenSubscription,
} from './subscriptions.ts';
export {
  keepFlows,
  readFlows,
  readLastGood,
  setLastGood,
  type FlowFile,
  type FlowFiles,
} from './flow-sources.ts';
export { publishWants, type Wants } from './wants.ts';
export { createStatusTeller, type StatusNote, type StatusTeller } from './status-teller.ts';
export { templateOf, MessageBody, MessageData, type Admitted, type NewMessage } from './record.ts';
export type { SendingNumber } from './sending-number.ts';
export type { MessageRef } from './message-ref.ts';
export { claim, WaitScope, type Claim, type ClaimOptions } from './claim.ts';
export { credentialMark, finish, type AttemptOutcome, type Finished } from './finish.ts';
export { applyStatuses } from './apply-statuses.ts';
export { mergeStatuses, settle, type FailureAct, type OwnStatus, type StatusOutcome } from './statuses.ts';
export { findAttempt } from './wamids.ts';
export {
  due,
  forgetMessage,
  putOff,
  readMessage,
  sweep,
  wakeNumber,
  type OnUnknown,
  type SweepPolicy,
  type Swept,
} from './outbox.ts';
export { enqueue, openConversation } from './enqueue.ts';
export { moveContact, type ContactMove } from './names/move-contact.ts';
export { noteAnswered } from './names/settle-names.ts';
export { setWish, type Wish } from './wishes.ts';
export {
  learnDisplayNumber,
  learnLimits,
  learnTemplate,
  learnTemplateCategory,
  pauseNumber,
  readDisplayNumber,
  readNumber,
  readNumberLimits,
  resumeNumber,
  resumeWaba,
  type LearntLimits,
  type NumberState,
  type Pause,
} from './numbers.ts';
export { drop, listDeadLetters, readDeadLetter, replay, type DeadLetter } from './dead-letters.ts';
export {
  createTierQueues,
  Reminder,
  startTierWorker,
  type JobOutcome,
  type TierQueues,
  type TierWorker,
} from './queues.ts';
export { keepAside, type Quarantined } from './quarantine.ts';
export { ShardsError } from './shards.ts';
export type { RedisHealth } from './health.ts';
export { readInboxBacklog, readLaneBacklog, type LaneBacklog } from './backlog.ts';
export {
  findMediaIds,
  forgetMediaId,
  keepMediaId,
  takeMediaLease,
  type MediaPlace,
  type UploadedMedia,
} from './media-ids.ts';
