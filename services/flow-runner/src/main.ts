import { createLogger, readConfig, runService } from '@alur/telemetry';
import { Config } from './config.ts';
import { startFlowRunner } from './start-flow-runner.ts';

const logger = createLogger({ service: 'flow-runner', level: process.env['LOG_LEVEL'] ?? 'info' });

await runService({
  name: 'flow-runner',
  logger,
  start: () => startFlowRunner(readConfig(Config, process.env, Object.keys(Config.shape)), logger),
});
