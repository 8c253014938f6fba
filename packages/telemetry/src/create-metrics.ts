import { readFileSync } from 'node:fs';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export type { Counter, Gauge, Histogram };

/** Ours are spelt out in full, so that a search for a metric's name finds where it is made. */
export type MetricName = `alur_${string}`;

export interface MetricSpec<L extends string> {
  name: MetricName;
  help: string;
  labels?: readonly L[];
  /** Label combinations that exist from the start, at 0: a rate over a series that just appeared misses its first step. */
  known?: readonly Record<L, string>[];
}

/** One process's metrics. Labels are closed sets: never an id, a phone number or a text. */
export interface Metrics {
  counter<L extends string = never>(spec: MetricSpec<L>): Counter<L>;
  /** `collect` runs at every scrape, for what is read rather than counted. */
  gauge<L extends string = never>(
    spec: MetricSpec<L> & { collect?: (gauge: Gauge<L>) => void | Promise<void> },
  ): Gauge<L>;
  /** `buckets` are upper bounds; seconds for times, as Prometheus has it. */
  histogram<L extends string = never>(spec: MetricSpec<L> & { buckets: number[] }): Histogram<L>;
  /** The exposition text of all of them. */
  text(): Promise<string>;
  contentType: string;
}

/** Makes a registry of its own with Node's process metrics and `alur_build_info`. Names are unique within it. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const metrics: Metrics = {
    counter: (spec) => {
      const counter = new Counter({ ...naming(spec), registers });
      for (const labels of spec.known ?? []) counter.inc(labels, 0);
      return counter;
    },
    gauge: (spec) => createGauge(spec, registers),
    histogram: (spec) => {
      const histogram = new Histogram({ ...naming(spec), buckets: spec.buckets, registers });
      for (const labels of spec.known ?? []) histogram.zero(labels);
      return histogram;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
  setBuildInfo(metrics, service);
  return metrics;
}

function createGauge<L extends string>(
  spec: MetricSpec<L> & { collect?: (gauge: Gauge<L>) => void | Promise<void> },
  registers: Registry[],
): Gauge<L> {
  const read = spec.collect;
  const gauge = new Gauge<L>({
    ...naming(spec),
    registers,
    ...(read === undefined
      ? {}
      : {
          collect(this: Gauge<L>) {
            return read(this);
          },
        }),
  });
  for (const labels of spec.known ?? []) gauge.set(labels, 0);
  return gauge;
}

function naming<L extends string>(spec: MetricSpec<L>) {
  return { name: spec.name, help: spec.help, labelNames: spec.labels ?? [] };
}

function setBuildInfo(metrics: Metrics, service: string): void {
  const info = metrics.gauge({
    name: 'alur_build_info',
    help: 'What runs here; always 1',
    labels: ['service', 'version', 'node'],
  });
  info.set({ service, version: readVersion(), node: process.version }, 1);
}

// All packages carry the product's version.
function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
