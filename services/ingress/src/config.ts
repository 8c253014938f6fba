import { commonEnvironment, Port, WholeNumber } from '@alur/types';
import { z } from 'zod';

export const Config = z.object({
  ...commonEnvironment,
  PORT: Port.default(8080).describe('Public port: Meta posts webhooks here'),
  API_PORT: Port.default(8081).describe('The HTTP API; for your own systems, not public'),
  API_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the API port is opened on'),
  OPS_PORT: Port.default(9101).describe('Metrics and health; never public'),
  GRAPH_BASE_URL: z.string().optional().describe("The Graph API; the bundle's, else Meta's, when not set"),
  REDIS_FULL_PERCENT: WholeNumber(10, 100)
    .default(80)
    .describe('How full Redis may be before webhooks get 503'),
});
export type Config = z.infer<typeof Config>;
