import { commonEnvironment, Port, WholeNumber } from '@alur/types';
import { z } from 'zod';

export const Config = z.object({
  ...commonEnvironment,
  OPS_PORT: Port.default(9103).describe('Metrics and health; never public'),
  GRAPH_BASE_URL: z.string().optional().describe("The Graph API; the bundle's, else Meta's, when not set"),
  SENDER_CONCURRENCY: WholeNumber(1, 10_000)
    .default(100)
    .describe('Messages on their way at once, for each tier'),
  SEND_TIMEOUT_MS: WholeNumber(100, 60_000).default(10_000).describe('How long one POST may take'),
  UNKNOWN_GRACE_MS: WholeNumber(100, 3_600_000)
    .default(30_000)
    .describe('How long an unknown outcome waits for its status before it is judged'),
  UNKNOWN_FLOOR_MS: WholeNumber(100, 86_400_000)
    .default(300_000)
    .describe('The same when no later message shows that statuses arrive'),
});
export type Config = z.infer<typeof Config>;
