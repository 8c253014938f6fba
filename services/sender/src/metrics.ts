import { WaitScope } from '@alur/store';
import type { Metrics } from '@alur/telemetry';
import { DeadReason } from '@alur/types';

export type SenderMetrics = ReturnType<typeof createSenderMetrics>;

/** What the sender counts. Labels are closed sets; Meta's codes are bounded by its own table. */
export function createSenderMetrics(metrics: Metrics) {
  return {
    ...createGraphMetrics(metrics),
    ...createSideMetrics(metrics),
    attempts: metrics.counter({
      name: 'alur_messages_sent_total',
      help: 'Attempts to send, by kind of message and what came of them',
      labels: ['type', 'outcome'],
      known: ['sent', 'retry', 'dead', 'unknown'].map((outcome) => ({ type: 'text', outcome })),
    }),
    skipped: metrics.counter({
      name: 'alur_messages_skipped_total',
      help: 'Messages that their flow wanted skipped outside the window',
    }),
    dead: metrics.counter({
      name: 'alur_messages_failed_total',
      help: 'Messages that will not be sent, by reason',
      labels: ['reason'],
      known: DeadReason.options.map((reason) => ({ reason })),
    }),
    unknowns: metrics.counter({
      name: 'alur_messages_unknown_total',
      help: 'What became of unknown outcomes that no status settled',
      labels: ['outcome'],
      known: [{ outcome: 'owner_lost' }, { outcome: 'retried' }, { outcome: 'parked' }],
    }),
    reply: metrics.histogram({
      name: 'alur_reply_duration_seconds',
      help: 'From a webhook being here to the Graph API accepting the reply',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    }),
    heldBack: metrics.counter({
      name: 'alur_rate_limit_waits_total',
      help: 'Times that a message had no room under a limit and waited',
      labels: ['scope'],
      known: WaitScope.options.map((scope) => ({ scope })),
    }),
  };
}

function createGraphMetrics(metrics: Metrics) {
  return {
    graphErrors: metrics.counter({
      name: 'alur_graph_api_errors_total',
      help: 'Refusals of the Graph API, by its code',
      labels: ['code'],
    }),
    graphUsage: metrics.gauge({
      name: 'alur_graph_api_usage_ratio',
      help: 'How much of the call quota nearest to its end is used up, as Graph said last: 0 to 1',
    }),
    graphDuration: metrics.histogram({
      name: 'alur_graph_api_request_duration_seconds',
      help: 'One POST to the Graph API',
      labels: ['outcome'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
    }),
  };
}

/** What goes to the Graph API beside messages. */
function createSideMetrics(metrics: Metrics) {
  return {
    uploads: metrics.counter({
      name: 'alur_media_uploads_total',
      help: "Uploads of the bundle's files to the Graph API, by what came of them",
      labels: ['outcome'],
      known: ['ok', 'refused', 'failed'].map((outcome) => ({ outcome })),
    }),
    uploadBytes: metrics.counter({
      name: 'alur_media_upload_bytes_total',
      help: "Bytes of the bundle's files that the Graph API has taken",
    }),
    readReceipts: metrics.counter({
      name: 'alur_read_receipts_total',
      help: 'Messages of contacts that were to be marked as read, by what came of it',
      labels: ['outcome'],
      known: ['sent', 'refused', 'failed'].map((outcome) => ({ outcome })),
    }),
  };
}
