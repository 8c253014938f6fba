import { findNumber, type Bundle, type BusinessNumber } from '@alur/bundle';
import {
  applyStatuses,
  credentialMark,
  finish,
  templateOf,
  type Admitted,
  type AttemptOutcome,
  type Claim,
  type Finished,
  type JobOutcome,
  type MessageRef,
  type RedisClient,
  type Reminder,
  type StatusTeller,
  type TierQueues,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { isTemplate, type OutboundMessage } from '@alur/types';
import { readLateFailure, type GraphClient } from '@alur/whatsapp';
import type { Hand } from './hand.ts';
import { claimWithMedia, messageToSend } from './claim-with-media.ts';
import { judgeAttempt } from './judge-attempt.ts';
import type { MediaDesk, MessageMedia } from './media-desk.ts';
import { noteContact } from './note-contact.ts';
import { LEASE_SLACK_MS, postMessage, type AttemptClock, type Posted } from './post-message.ts';
import type { SenderReport } from './report.ts';
import { tellDead } from './tell-dead.ts';
import { wantedOf } from './wanted-of.ts';
import type { Waker } from './waker.ts';

// A contact's rate is waited for so long in hand; for longer a message goes where it costs nothing.
const HAND_MS = 200;
const HAND_FULL_MS = 1_000;
const NUMBER_GONE_MS = 10_000;
const TRIES_DEFAULT = 5;
const MEDIA_AGAIN_MS = 1_000;
const SPREAD_MAX = 0.5;

export interface DeliverDeps {
  client: RedisClient;
  queues: TierQueues;
  bundle: () => Bundle | undefined;
  graph: (bundle: Bundle) => GraphClient;
  desk: MediaDesk;
  hand: Hand;
  waker: Waker;
  sendTimeoutMs: number;
  graceMs: number;
  report: SenderReport;
  teller: StatusTeller;
  logger: Logger;
  random: () => number;
}

type Going = Extract<Claim, { kind: 'go' }>;

/**
 * One reminder: claim the message's next attempt with every limit's token, POST it, record what came of it. The record
 * decides, not the job; whatever has to wait leaves the job, and nothing here holds a place while it does.
 */
export async function deliverMessage(reminder: Reminder, deps: DeliverDeps): Promise<JobOutcome> {
  const bundle = deps.bundle();
  const number = bundle && findNumber(bundle, reminder.number);
  if (!bundle || !number) return { kind: 'later', delayMs: NUMBER_GONE_MS };
  const ref: MessageRef = { ...reminder, number };
  const leaseMs = deps.sendTimeoutMs + LEASE_SLACK_MS;
  const wanted = wantedOf(bundle, number);
  const options = { leaseMs, handMs: HAND_MS, keepS: bundle.recordKeepS, wanted };
  const { claimed, media, clock } = await claimWithMedia({ ref, number, bundle }, options, deps);
  if (claimed.kind === 'wait') {
    deps.report.heldBack('number');
    const held = deps.hand.hold(reminder, claimed.ms);
    return held ? { kind: 'done' } : { kind: 'later', delayMs: HAND_FULL_MS };
  }
  // What took the places goes into the queue while this one is on its way.
  const handedOn = handOn(number, ref.shard, claimed.admitted, deps);
  if (claimed.kind === 'later') {
    deps.report.heldBack(claimed.scope);
    deps.waker.look(number, claimed.ms);
  }
  if (claimed.kind === 'ended') {
    deps.report.ended(ref, claimed);
    if (claimed.state === 'dead') await tellDead({ mid: ref.mid, number, reason: claimed.reason }, deps);
  }
  if (claimed.kind === 'go') await attempt(claimed, { ref, number, bundle, clock, media }, deps);
  await handedOn;
  return { kind: 'done' };
}

interface Where {
  ref: MessageRef;
  number: BusinessNumber;
  bundle: Bundle;
  clock: AttemptClock;
  media: MessageMedia;
}

async function attempt(claimed: Going, where: Where, deps: DeliverDeps): Promise<void> {
  const { ref, number } = where;
  const message = messageToSend(claimed);
  const spread = 1 + deps.random() * SPREAD_MAX;
  const posted = await post(claimed, message, { ...where, spread }, deps);
  const judged = await judge(posted, { ...where, claimed, spread }, deps);
  // The contact may answer at once, by the name that was just learnt.
  const [finished] = await Promise.all([
    finishSurely(claimed, { ...where, judged, message, spread }, deps),
    noteContact({ claimed, posted, ref, number }, deps),
  ]);
  deps.report.attempted({ claimed, message, posted, judged, state: finished.state });
  await handOn(number, ref.shard, finished.admitted, deps);
  deps.waker.look(number, finished.lookMs);
  await mergeEarly(finished, claimed.attempt, where, deps);
  if (finished.state !== 'dead') return;
  const reason = 'reason' in judged ? judged.reason : undefined;
  await tellDead({ mid: ref.mid, number, attempt: claimed.attempt, reason }, deps);
}

/** The POST, unless the message's files have already decided that there is none. */
async function post(
  claimed: Going,
  message: OutboundMessage,
  { number, bundle, clock, media, spread }: Where & { spread: number },
  { graph, graceMs }: DeliverDeps,
): Promise<Posted> {
  const { failure, ids } = media;
  if (failure === undefined) {
    return postMessage(claimed, message, {
      number,
      graph: graph(bundle),
      clock,
      overrides: bundle.errors,
      ids,
    });
  }
  const refusal = { kind: 'not_sent' as const, failure, durationMs: 0 };
  return { kind: 'invalid', judged: judgeAttempt(refusal, { tries: claimed.tries, graceMs, spread }) };
}

async function judge(
  posted: Posted,
  { ref, number, media, claimed, spread }: Where & { claimed: Going; spread: number },
  { desk, graceMs }: DeliverDeps,
): Promise<AttemptOutcome> {
  if (posted.kind === 'invalid') return posted.judged;
  if (
    posted.kind === 'not_sent' &&
    (await desk.refused(posted.failure, media, { shard: ref.shard, number }))
  ) {
    const code = String(posted.failure.code);
    return { kind: 'retry', code, reason: 'media', ms: Math.round(MEDIA_AGAIN_MS * spread) };
  }
  return judgeAttempt(posted, { tries: claimed.tries, graceMs, spread });
}

interface Ending extends Where {
  judged: AttemptOutcome;
  message: OutboundMessage;
  spread: number;
}

/** What happened at Meta is known only here until it is recorded, so it is kept until Redis takes it. */
async function finishSurely(
  { attempt: n, data }: Going,
  { ref, judged, message, spread, bundle, number, clock }: Ending,
  deps: DeliverDeps,
): Promise<Finished> {
  const options = {
    outcome: judged,
    maxTries: data.maxRetries ?? TRIES_DEFAULT,
    credentialMark: credentialMark(number.accessToken),
    spread,
    template: isTemplate(message) ? templateOf(message) : undefined,
    keepS: bundle.recordKeepS,
    writtenMs: clock.writtenMs(),
    wanted: wantedOf(bundle, number),
  };
  for (let backoffMs = 100; ; backoffMs = Math.min(backoffMs * 2, 2_000)) {
    try {
      return await finish(deps.client, ref, n, options);
    } catch (err) {
      deps.logger.warn({ err, mid: ref.mid, attempt: n }, 'delivery.finish_failed');
      await new Promise((resolve) => setTimeout(resolve, backoffMs));
    }
  }
}

/** Statuses that came before anybody knew whose wamid they name. */
async function mergeEarly(
  { early }: Finished,
  n: number,
  { ref, number, bundle }: Where,
  deps: DeliverDeps,
): Promise<void> {
  if (early.length === 0) return;
  const statuses = early.map((status) => ({
    status: { ...status, mid: ref.mid, attempt: n },
    number,
    wanted: wantedOf(bundle, number),
    failure: status.status === 'failed' ? readLateFailure(status.errorCode, bundle.errors) : undefined,
  }));
  const { client, queues } = deps;
  await applyStatuses(statuses, { client, queues, shard: ref.shard }, { keepS: bundle.recordKeepS });
  await deps.teller.tellReceipts(statuses).catch((err: unknown) => {
    deps.logger.warn({ err, mid: ref.mid }, 'status.not_told');
  });
}

/** Adds the jobs of messages that took a place in the queue. One that cannot be added now is added by the sweeper. */
async function handOn(
  number: BusinessNumber,
  shard: number,
  admitted: readonly Admitted[],
  { queues, logger }: DeliverDeps,
): Promise<void> {
  await queues.add(number.tier, { shard, number: number.id }, admitted).catch((err: unknown) => {
    logger.warn({ err }, 'queue.add_failed');
  });
}
