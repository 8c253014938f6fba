import { findNumber, type Bundle, type BusinessNumber } from '@alur/bundle';
import {
  claim,
  finish,
  flightCaps,
  type AttemptOutcome,
  type Claim,
  type JobOutcome,
  type MessageData,
  type RedisClient,
  type Reminder,
  type TierQueues,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { attemptTag } from '@alur/types';
import { renderMessage, RenderError, type GraphClient, type SendOutcome } from '@alur/whatsapp';
import { judgeAttempt } from './judge-attempt.ts';
import type { SenderMetrics } from './metrics.ts';

// A worker may hold a job this long for room under a limit; longer waits leave the queue and come back once.
const WAIT_IN_HAND_MS = 200;
// A lease outlasts the POST by this: an attempt that is that late must not begin.
const LEASE_SLACK_MS = 5_000;
const NUMBER_GONE_MS = 10_000;

export interface DeliverDeps {
  client: RedisClient;
  queues: TierQueues;
  bundle: () => Bundle | undefined;
  graph: (bundle: Bundle) => GraphClient;
  sendTimeoutMs: number;
  graceMs: number;
  metrics: SenderMetrics;
  logger: Logger;
  random: () => number;
}

/** One reminder: claim the message's next attempt, POST it, record what came of it. The record decides, not the job. */
export async function deliverMessage(reminder: Reminder, deps: DeliverDeps): Promise<JobOutcome> {
  const bundle = deps.bundle();
  const number = bundle && findNumber(bundle, reminder.number);
  if (!bundle || !number) return { kind: 'later', delayMs: NUMBER_GONE_MS };
  const claimed = await claimWithin(reminder, number, deps);
  if (claimed.kind === 'wait') return { kind: 'later', delayMs: claimed.ms };
  if (claimed.kind === 'no') return { kind: 'done' };
  const where = { shard: reminder.shard, number: number.id };
  await addJobs(deps, () => deps.queues.add(number.tier, where, claimed.admitted));

  const outcome = await post(claimed, {
    number,
    graph: deps.graph(bundle),
    mayStillSend: claimed.mayStillSend,
  });
  const { data, attempt } = claimed;
  const judged =
    outcome.kind === 'invalid'
      ? outcome.judged
      : judgeAttempt(outcome, {
          attempt,
          maxRetries: data.maxRetries,
          graceMs: deps.graceMs,
          random: deps.random,
        });
  const end = await finishSurely(
    reminder,
    attempt,
    { outcome: judged, caps: flightCaps(number.throughput) },
    deps,
  );
  report({ data, attempt, outcome, judged }, deps);
  await addJobs(deps, async () => {
    await deps.queues.add(number.tier, where, end.admitted);
    if (end.ok && judged.kind === 'retry') {
      await deps.queues.remind(number.tier, reminder, { attempt: attempt + 1, delayMs: judged.delayMs });
    }
  });
  return { kind: 'done' };
}

/** Claims, waiting in hand for room that comes soon. `mayStillSend` turns false before the lease could end. */
async function claimWithin(
  reminder: Reminder,
  number: BusinessNumber,
  deps: DeliverDeps,
): Promise<Claim & { mayStillSend: () => boolean }> {
  const policy = {
    throughput: number.throughput,
    caps: flightCaps(number.throughput),
    leaseMs: deps.sendTimeoutMs + LEASE_SLACK_MS,
  };
  for (let waitedMs = 0; ;) {
    const mayStillSend = withinSlack();
    const claimed = await claim(deps.client, reminder, policy);
    if (claimed.kind !== 'wait') return { ...claimed, mayStillSend };
    deps.metrics.heldBack.inc({ scope: 'number' });
    if (waitedMs + claimed.ms > WAIT_IN_HAND_MS) return { ...claimed, mayStillSend };
    waitedMs += claimed.ms;
    await sleep(claimed.ms);
  }
}

// Counted from before the claim was asked for, by both clocks: one stands still while a machine sleeps, the other jumps.
function withinSlack(): () => boolean {
  const steady = performance.now();
  const wall = Date.now();
  return () => performance.now() - steady < LEASE_SLACK_MS && Math.abs(Date.now() - wall) < LEASE_SLACK_MS;
}

type Posted = SendOutcome | { kind: 'invalid'; judged: AttemptOutcome };

async function post(
  claimed: { data: MessageData; attempt: number },
  how: { number: BusinessNumber; graph: GraphClient; mayStillSend: () => boolean },
): Promise<Posted> {
  const { data, attempt } = claimed;
  const { number, graph, mayStillSend } = how;
  try {
    const opaque = attemptTag(data.mid, attempt);
    const body = renderMessage(
      data.message,
      data.to,
      data.replyTo === undefined ? { opaque } : { opaque, replyTo: data.replyTo },
    );
    const { id, accessToken: token, apiVersion } = number;
    return await graph.send({ number: id, token, apiVersion, body, beforeWrite: mayStillSend });
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return { kind: 'invalid', judged: { kind: 'dead', code: error.code, reason: 'invalid_message' } };
  }
}

/** What happened at Meta is known only here until it is recorded, so it is kept until Redis takes it. */
async function finishSurely(
  reminder: Reminder,
  attempt: number,
  end: Parameters<typeof finish>[3],
  deps: DeliverDeps,
): ReturnType<typeof finish> {
  for (let backoffMs = 100; ; backoffMs = Math.min(backoffMs * 2, 2_000)) {
    try {
      return await finish(deps.client, reminder, attempt, end);
    } catch (err) {
      deps.logger.warn({ err, mid: reminder.mid, attempt }, 'delivery.finish_failed');
      await sleep(backoffMs);
    }
  }
}

/** A job that cannot be added now is added by the sweeper. */
async function addJobs({ logger }: DeliverDeps, add: () => Promise<void>): Promise<void> {
  await add().catch((err: unknown) => logger.warn({ err }, 'queue.add_failed'));
}

interface Report {
  data: MessageData;
  attempt: number;
  outcome: Posted;
  judged: AttemptOutcome;
}

function report({ data, attempt, outcome, judged }: Report, { metrics, logger }: DeliverDeps): void {
  metrics.attempts.inc({ type: data.message.kind, outcome: judged.kind });
  if (judged.kind === 'dead') metrics.dead.inc({ reason: judged.reason });
  if (outcome.kind !== 'invalid')
    metrics.graphDuration.observe({ outcome: outcome.kind }, outcome.durationMs / 1000);
  if (outcome.kind === 'not_sent') metrics.graphErrors.inc({ code: String(outcome.failure.code) });
  if (judged.kind === 'sent' && attempt === 1 && data.receivedAtMs !== undefined) {
    metrics.reply.observe(Math.max(0, Date.now() - data.receivedAtMs) / 1000);
  }
  const { mid, tenant, team, number } = data;
  const line = { mid, attempt, tenant, team, number, type: data.message.kind, outcome: judged.kind };
  if (judged.kind === 'sent') logger.info(line, 'delivery.attempted');
  else
    logger.warn(
      { ...line, code: judged.code, reason: 'reason' in judged ? judged.reason : undefined },
      'delivery.attempted',
    );
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
