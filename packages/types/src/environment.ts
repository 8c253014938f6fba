import { z } from 'zod';

/** Whole numbers from the environment, where everything is text. */
export const WholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: `a whole number from ${min} to ${max}` })
    .int()
    .min(min)
    .max(max);

export const Port = WholeNumber(0, 65_535);

/** The variables that every service has; each service's config.ts adds its own. */
export const commonEnvironment = {
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'an address that starts with redis:// or rediss://')
    .default('redis://127.0.0.1:6379')
    .describe('Where Redis is; ignored when REDIS_CLUSTER_NODES is set'),
  REDIS_CLUSTER_NODES: z.string().optional().describe('host:port,host:port of a Redis Cluster'),
  SHARDS: WholeNumber(1, 4_096)
    .default(1)
    .describe('Into how many slots tenants are spread; fixed at the first start'),
  BUNDLE_DIR: z.string().min(1).default('./bundle').describe('The bundle: configuration, flows and secrets'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least important log lines that are written'),
  HOST: z.string().min(1).default('0.0.0.0').describe('Address that public ports are opened on'),
  OPS_HOST: z.string().min(1).default('0.0.0.0').describe('Address that the ops port is opened on'),
};
