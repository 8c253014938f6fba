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
export { type Commit, type CommitResult, type NewEmitted, type NewWish, type Timer } from './commit.ts';
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
export { emit, eraseEmitted, readEmitted, type Emitted, type NewOutside } from './emitted.ts';
export {
  countUndelivered,
  dropUndelivered,
  eraseUndelivered,
  readUndelivered,
  redeliver,
  type Undelivered,
} from './undelivered.ts';
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
export { readSubscription, type SubscriptionState } from './subscription-state.ts';
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
export { foresee, type Foreseen, type Room } from './foresee.ts';
export { spendCall, type ApiCaller, type CallLimit, type SpentCall } from './api-calls.ts';
export { moveContact, type ContactMove } from './names/move-contact.ts';
export { noteAnswered } from './names/settle-names.ts';
export { setWish, setWishes, type HashedWish, type Wish } from './wishes.ts';
export { hashesOf, knownIds, type ContactPlace } from './privacy/contact-place.ts';
export { eraseContact, type Erased, type Erasure } from './privacy/erase-contact.ts';
export { exportContact, type Export, type ExportedPart } from './privacy/export-contact.ts';
export { listWishes, type KeptWish } from './privacy/list-wishes.ts';
export { readWishes, type StandingWish, type Wishes } from './privacy/read-wishes.ts';
export { withdraw } from './privacy/withdraw.ts';
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
export { readMessageLife, type MessageLife } from './life/message-life.ts';
export type { MessagePlace } from './life/message-place.ts';
export { furthestOf, type LifeStep, type LifeWait } from './life/parse-life.ts';
export { findEvent, findInbound, readEvent, type EventLife } from './life/find-event.ts';
export { findOutbound } from './life/find-outbound.ts';
export { findNumberOf, readConversationLife, type ConversationLife } from './life/conversation-life.ts';
export {
  isContactsCursor,
  listContacts,
  type ContactsPage,
  type ListedContact,
  type ListedTeam,
} from './life/list-contacts.ts';
export { readOptOut } from './life/opt-out.ts';
export type { TraceEntry, TracedNode, WrittenTrace } from './life/trace-entry.ts';
export { keepAside, type Quarantined } from './quarantine.ts';
export { ShardsError } from './shards.ts';
export type { RedisHealth } from './health.ts';
export {
  countReading,
  lastEventAt,
  lastStatusAt,
  readClusterState,
  readRedisVitals,
  readRunners,
  readShardCount,
  tallyAside,
  tallyDead,
  type RedisVitals,
  type SeenRunner,
  type Tally,
} from './vitals.ts';
export { readContactVitals, type ContactVitals } from './contact-vitals.ts';
export { readInboxBacklog, readLaneBacklog, type LaneBacklog } from './backlog.ts';
export {
  findMediaIds,
  forgetMediaId,
  keepMediaId,
  takeMediaLease,
  type MediaPlace,
  type UploadedMedia,
} from './media-ids.ts';
export {
  BroadcastId,
  broadcastId,
  BroadcastPlan,
  BroadcastState,
  dueBroadcasts,
  listBroadcasts,
  lookAgain,
  readBroadcast,
  type Broadcast,
  type BroadcastRef,
} from './broadcasts/broadcast.ts';
export {
  addRecipients,
  createBroadcast,
  readRows,
  RECIPIENTS_MAX,
  RECIPIENTS_PER_CALL,
  type Addition,
} from './broadcasts/create-broadcast.ts';
export {
  BROADCAST_MOVES,
  BroadcastMove,
  deleteBroadcast,
  moveBroadcast,
  type Moved,
} from './broadcasts/turn-broadcast.ts';
export { feedRecipients, readMessageFor, recipientMid } from './broadcasts/feed-recipients.ts';
export { countOpen, settleLate, settleOpen, takeBack } from './broadcasts/settle-recipients.ts';
export { failsTooOften, findStop, noteBroadcast, readQuality, StopReason } from './broadcasts/find-stop.ts';
export { readWaits, type BroadcastWait } from './broadcasts/read-waits.ts';
export {
  countOutcomes,
  noOutcomes,
  outcomesTold,
  type OutcomeCounts,
  type OutcomeState,
} from './broadcasts/outcomes.ts';
export { readReport, type ReportLine } from './broadcasts/report.ts';
export { eraseFromBroadcasts } from './broadcasts/erase-from-broadcasts.ts';
export { parseRecipient, type Recipient } from './broadcasts/recipient.ts';
export { removeRecipients } from './broadcasts/remove-recipients.ts';
export { findOptOut } from './broadcasts/find-opt-out.ts';
export { readTierRooms, type TierRooms } from './broadcasts/tier-rooms.ts';
export { holdFeeder } from './broadcasts/hold-feeder.ts';
