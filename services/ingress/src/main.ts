import { createLogger, readConfig, runService } from '@alur/telemetry';
import { Config } from './config.ts';
import { startIngress } from './start-ingress.ts';

const logger = createLogger({ service: 'ingress', level: process.env['LOG_LEVEL'] ?? 'info' });

await runService({
  name: 'ingress',
  logger,
  start: () => startIngress(readConfig(Config, process.env, Object.keys(Config.shape)), logger),
});
