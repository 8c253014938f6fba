export {
  connect,
  waitUntilReady,
  type ConnectionOptions,
  type Connections,
  type RedisClient,
} from './connection.ts';
export { openStore, type Store } from './open-store.ts';
export { createIntake, type AcceptOutcome, type Intake } from './intake.ts';
export { shardOf } from './keys.ts';
export { createReadyReader, type ReadyEntry, type ReadyReader } from './ready.ts';
export {
  createTurns,
  parseItem,
  StoredContact,
  type Commit,
  type CommitResult,
  type InboxItem,
  type Loaded,
  type Turns,
} from './turns.ts';
export { flightCaps, MessageData, type Admitted, type FlightCaps } from './record.ts';
export {
  admit,
  claim,
  dueMessages,
  finish,
  forgetMessage,
  mergeStatuses,
  readMessage,
  settle,
  sweep,
  type AttemptOutcome,
  type Claim,
  type MessageRef,
  type NumberPolicy,
  type OwnStatus,
  type StatusOutcome,
  type SweepPolicy,
  type Swept,
} from './outbox.ts';
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
