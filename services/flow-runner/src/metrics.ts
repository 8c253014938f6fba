import type { Metrics } from '@alur/telemetry';
import { WEB_FAILURE_CODES } from './web/web-failure.ts';

export type RunnerMetrics = ReturnType<typeof createRunnerMetrics>;

/** What the runner counts. Labels are closed sets. */
export function createRunnerMetrics(metrics: Metrics) {
  return {
    turns: metrics.counter({
      name: 'alur_turns_total',
      help: 'Turns by what came of them',
      labels: ['outcome'],
      known: [
        ...['completed', 'waiting', 'unmatched', 'failed', 'silent'],
        ...['quarantined', 'repeated', 'stale', 'deferred'],
      ].map((outcome) => ({ outcome })),
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
    ...createClockMetrics(metrics),
    ...createWebMetrics(metrics),
    ...createSubscriberMetrics(metrics),
    ...createBroadcastMetrics(metrics),
    flowLoads: metrics.counter({
      name: 'alur_flow_loads_total',
      help: "Times that a team's flows were read, by outcome",
      labels: ['outcome'],
      known: [{ outcome: 'ok' }, { outcome: 'refused' }],
    }),
  };
}

function createSubscriberMetrics(metrics: Metrics) {
  return {
    deliveries: metrics.counter({
      name: 'alur_subscriber_deliveries_total',
      help: 'Tries to tell subscribers of events, by what came of them, and events that they were not told',
      labels: ['outcome'],
      known: ['delivered', 'failed', 'gone', 'skipped', 'missed'].map((outcome) => ({ outcome })),
    }),
  };
}

function createBroadcastMetrics(metrics: Metrics) {
  return {
    broadcastTurns: metrics.counter({
      name: 'alur_broadcast_turns_total',
      help: 'Broadcasts that came to a state',
      labels: ['state'],
      known: ['running', 'paused', 'stopped', 'cancelled', 'done'].map((state) => ({ state })),
    }),
  };
}

function createWebMetrics(metrics: Metrics) {
  return {
    webCalls: metrics.counter({
      name: 'alur_web_calls_total',
      help: 'Calls of http nodes, by what came of them',
      labels: ['outcome'],
      known: [{ outcome: 'answer' }, ...WEB_FAILURE_CODES.map((outcome) => ({ outcome }))],
    }),
    webDuration: metrics.histogram({
      name: 'alur_web_call_duration_seconds',
      help: 'How long calls of http nodes took',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    }),
  };
}

function createClockMetrics(metrics: Metrics) {
  return {
    timersFired: metrics.counter({
      name: 'alur_timers_fired_total',
      help: 'Waiting runs whose time was up',
    }),
    scheduled: metrics.counter({
      name: 'alur_scheduled_events_total',
      help: 'Events that timer triggers gave to contacts',
    }),
    occurrences: metrics.counter({
      name: 'alur_schedule_occurrences_total',
      help: 'Times of timer triggers: started, skipped because they were more than an hour late, or given up after a day',
      labels: ['outcome'],
      known: [{ outcome: 'started' }, { outcome: 'skipped' }, { outcome: 'gave_up' }],
    }),
  };
}
