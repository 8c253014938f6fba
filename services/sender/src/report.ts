import type { AttemptOutcome, Claim, MessageRef, Swept, WaitScope } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { DeadReason, type OutboundMessage, readAs } from '@alur/types';
import type { UploadReport } from './media-uploads.ts';
import type { SenderMetrics } from './metrics.ts';
import type { Posted } from './post-message.ts';

interface Attempted {
  claimed: Extract<Claim, { kind: 'go' }>;
  message: OutboundMessage;
  posted: Posted;
  judged: AttemptOutcome;
  /** What the message is after it. */
  state: string;
}

/** What the sender tells of its work: one line and some counts for each thing. Ids only, never who or what. */
export interface SenderReport {
  attempted(attempt: Attempted): void;
  /** A message that may not go at all. */
  ended(ref: MessageRef, ended: Extract<Claim, { kind: 'ended' }>): void;
  heldBack(scope: WaitScope): void;
  swept(mid: string, swept: Swept): void;
  uploaded: (report: UploadReport) => void;
  readReceipt: (outcome: 'sent' | 'refused' | 'failed') => void;
}

export function createReport(metrics: SenderMetrics, logger: Logger): SenderReport {
  return {
    attempted: (attempt) => {
      countAttempt(attempt, metrics);
      logAttempt(attempt, logger);
    },
    ended: ({ mid, number }, { state, reason }) => {
      if (state === 'dead') metrics.dead.inc({ reason });
      else metrics.skipped.inc();
      logger.warn({ mid, tenant: number.tenant, number: number.id, state, reason }, 'message.ended');
    },
    heldBack: (scope) => metrics.heldBack.inc({ scope }),
    uploaded: ({ outcome, bytes, number, path, code }) => {
      metrics.uploads.inc({ outcome });
      if (outcome === 'ok') metrics.uploadBytes.inc({}, bytes);
      const line = { tenant: number.tenant, number: number.id, path, bytes, outcome, code };
      if (outcome === 'ok') logger.info(line, 'media.uploaded');
      else logger.warn(line, 'media.uploaded');
    },
    readReceipt: (outcome) => metrics.readReceipts.inc({ outcome }),
    swept: (mid, { action }) => {
      if (action === 'unknown') metrics.unknowns.inc({ outcome: 'owner_lost' });
      if (action === 'retry') metrics.unknowns.inc({ outcome: 'retried' });
      if (action === 'parked') {
        metrics.unknowns.inc({ outcome: 'parked' });
        metrics.dead.inc({ reason: 'unknown_outcome' });
      }
      if (action !== 'none') logger.warn({ mid, action }, 'outbox.swept');
    },
  };
}

function countAttempt({ claimed, message, posted, judged, state }: Attempted, metrics: SenderMetrics): void {
  metrics.attempts.inc({ type: message.kind, outcome: judged.kind });
  const reason = 'reason' in judged ? readAs(DeadReason, judged.reason).data : undefined;
  if (state === 'dead' && reason !== undefined) metrics.dead.inc({ reason });
  if (posted.kind !== 'invalid') {
    metrics.graphDuration.observe({ outcome: posted.kind }, posted.durationMs / 1000);
    if (posted.usage !== undefined) metrics.graphUsage.set(posted.usage.percent / 100);
  }
  if (posted.kind === 'not_sent') metrics.graphErrors.inc({ code: String(posted.failure.code) });
  const { receivedAtMs } = claimed.data;
  if (judged.kind === 'sent' && claimed.attempt === 1 && receivedAtMs !== undefined) {
    metrics.reply.observe(Math.max(0, Date.now() - receivedAtMs) / 1000);
  }
}

function logAttempt({ claimed, message, judged, state }: Attempted, logger: Logger): void {
  const { mid, tenant, team, number } = claimed.data;
  const line = {
    mid,
    attempt: claimed.attempt,
    tenant,
    team,
    number,
    type: message.kind,
    outcome: judged.kind,
  };
  if (judged.kind === 'sent') return logger.info(line, 'delivery.attempted');
  const { code } = judged;
  logger.warn(
    { ...line, state, code, reason: 'reason' in judged ? judged.reason : undefined },
    'delivery.attempted',
  );
}
