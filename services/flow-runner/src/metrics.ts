import type { Metrics } from '@alur/telemetry';

export type RunnerMetrics = ReturnType<typeof createRunnerMetrics>;

/** What the runner counts. Labels are closed sets. */
export function createRunnerMetrics(metrics: Metrics) {
  return {
    turns: metrics.counter({
      name: 'alur_turns_total',
      help: 'Turns by what came of them',
      labels: ['outcome'],
      known: ['completed', 'unmatched', 'failed', 'quarantined', 'repeated', 'stale', 'deferred'].map(
        (outcome) => ({ outcome }),
      ),
    }),
    turnDuration: metrics.histogram({
      name: 'alur_turn_duration_seconds',
      help: 'From the head of an inbox being read to its turn being committed',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    }),
    messages: metrics.counter({
      name: 'alur_messages_queued_total',
      help: 'Messages that turns decided to send',
      labels: ['class'],
      known: [{ class: 'reply' }, { class: 'notification' }, { class: 'broadcast' }],
    }),
    recovered: metrics.counter({
      name: 'alur_conversations_recovered_total',
      help: 'Conversations taken over from a runner that was lost',
    }),
    flowLoads: metrics.counter({
      name: 'alur_flow_loads_total',
      help: "Times that a team's flows were read, by outcome",
      labels: ['outcome'],
      known: [{ outcome: 'ok' }, { outcome: 'refused' }],
    }),
  };
}
