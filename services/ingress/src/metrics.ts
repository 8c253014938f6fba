import type { Metrics } from '@alur/telemetry';
import { WEBHOOK_FIELDS } from '@alur/whatsapp';

export type IngressMetrics = ReturnType<typeof createIngressMetrics>;

/** Paths of the API as far as calls of them are counted. */
type CountedRoutes = readonly {
  name: string;
  answers: Readonly<Record<number, unknown>>;
}[];

/** What ingress counts. Labels are closed sets. `routes` are the API's. */
export function createIngressMetrics(metrics: Metrics, routes: CountedRoutes = []) {
  return {
    requests: metrics.counter({
      name: 'alur_http_requests_total',
      help: 'Requests on the public port',
      labels: ['route', 'code'],
      known: ['200', '401', '413', '503'].map((code) => ({ route: 'webhook', code })),
    }),
    apiRequests: countApiRequests(metrics, routes),
    events: metrics.counter({
      name: 'alur_webhook_events_total',
      help: 'Things that webhooks reported, by what they were and what became of them',
      labels: ['kind', 'outcome'],
      known: [
        { kind: 'message', outcome: 'new' },
        { kind: 'message', outcome: 'dup' },
        { kind: 'message', outcome: 'old' },
        { kind: 'status', outcome: 'merged' },
        { kind: 'status', outcome: 'again' },
        { kind: 'status', outcome: 'unmatched' },
        { kind: 'identity', outcome: 'moved' },
        { kind: 'other', outcome: 'aside' },
      ],
    }),
    fields: countFields(metrics),
    signatureFailures: metrics.counter({
      name: 'alur_webhook_signature_failures_total',
      help: 'Webhooks refused because of their signature',
      labels: ['reason'],
      known: [{ reason: 'missing' }, { reason: 'malformed' }, { reason: 'mismatch' }],
    }),
    acceptance: metrics.histogram({
      name: 'alur_webhook_acceptance_duration_seconds',
      help: 'From the whole body being here to all of it being stored',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    }),
  };
}

/** `messages` is counted by what it holds, under `alur_webhook_events_total`. */
const COUNTED_FIELDS = [...WEBHOOK_FIELDS.keys(), 'other'].filter((field) => field !== 'messages');

function countFields(metrics: Metrics) {
  return metrics.counter({
    name: 'alur_webhook_fields_total',
    help: 'News of the account, by webhook field; fields that Alur does not know are other',
    labels: ['field'],
    known: COUNTED_FIELDS.map((field) => ({ field })),
  });
}

/** What any call may be answered with, whatever it asks for. */
const COMMON_CODES = ['401', '403', '422', '429', '503'];

function countApiRequests(metrics: Metrics, routes: CountedRoutes) {
  return metrics.counter({
    name: 'alur_api_requests_total',
    help: 'Requests on the API port',
    labels: ['route', 'code'],
    known: routes.flatMap(({ name, answers }) =>
      [...new Set([...Object.keys(answers), ...COMMON_CODES])].map((code) => ({ route: name, code })),
    ),
  });
}
