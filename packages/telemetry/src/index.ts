export { LOG_LEVELS, createLogger, type Logger } from './create-logger.ts';
export { serializeError, type SerializedError } from './serialize-error.ts';
export {
  createMetrics,
  type Counter,
  type Gauge,
  type Histogram,
  type MetricName,
  type MetricSpec,
  type Metrics,
} from './create-metrics.ts';
export { OpsPortError, startOps, type OpsOptions, type OpsServer, type Readiness } from './start-ops.ts';
export { runService, type ProcessHost, type RunningService, type ServiceOptions } from './run-service.ts';
export { ConfigError, readConfig, type ConfigProblem, type ConfigSchema } from './read-config.ts';
export { readinessOf } from './readiness-of.ts';
export { processName } from './process-name.ts';
export { sharedReading } from './shared-reading.ts';
