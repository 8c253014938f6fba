import { commonEnvironment, Port, WholeNumber } from '@alur/types';
import { z } from 'zod';

export const Config = z.object({
  ...commonEnvironment,
  OPS_PORT: Port.default(9102).describe('Metrics and health; never public'),
  GRAPH_BASE_URL: z.string().optional().describe("The Graph API; the bundle's, else Meta's, when not set"),
  RUNNER_CONCURRENCY: WholeNumber(1, 10_000).default(64).describe('Conversations in hand at once'),
  RUNNER_LEASE_MS: WholeNumber(500, 600_000)
    .default(15_000)
    .describe('How long a conversation stays with a runner that gives no sign of life'),
});
export type Config = z.infer<typeof Config>;
