import { createLogger, readConfig, runService } from '@alur/telemetry';
import { Config } from './config.ts';
import { startSender } from './start-sender.ts';

const logger = createLogger({ service: 'sender', level: process.env['LOG_LEVEL'] ?? 'info' });

await runService({
  name: 'sender',
  logger,
  start: () => startSender(readConfig(Config, process.env, Object.keys(Config.shape)), logger),
});
