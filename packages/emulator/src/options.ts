import { z } from 'zod';
import { Slug } from '@alur/types';

/** One business phone number that the emulator plays, with the secrets that its owner would hold at Meta. */
export const EmulatedNumber = z.strictObject({
  /** `phone_number_id`, digits. */
  id: z.string().regex(/^[0-9]{1,32}$/),
  displayNumber: z.string().min(1),
  wabaId: z.string().regex(/^[0-9]{1,32}$/),
  accessToken: z.string().min(1),
  appSecret: z.string().min(1),
  tenant: Slug,
  team: Slug,
});
export type EmulatedNumber = z.infer<typeof EmulatedNumber>;

const delay = (ms: number) => z.number().int().nonnegative().default(ms);

/** Milliseconds from acceptance to each receipt. */
export const StatusDelays = z.strictObject({ sent: delay(30), delivered: delay(120), read: delay(600) });
export type StatusDelays = z.infer<typeof StatusDelays>;

export const EmulatorOptions = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 picks a free port. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** Webhooks go to `<webhookBaseUrl>/webhook/whatsapp/<tenant>/<team>`. */
  webhookBaseUrl: z.url({ protocol: /^https?$/ }),
  numbers: z.array(EmulatedNumber).min(1),
  /** Makes ids and chance repeatable. Without it every start has its own, so that no wamid comes twice. */
  seed: z.string().min(1).optional(),
  /** `null` turns status webhooks off. */
  statusDelayMs: StatusDelays.nullable().prefault({}),
  /** Whether contacts read what they get; without it messages stay at `delivered`. */
  autoRead: z.boolean().default(true),
  /** Names beside loopback ones under which the control endpoints and the chat page may be called. */
  allowedHosts: z.array(z.string().min(1)).default([]),
});
/** What `startEmulator` takes: the schema's input, so that everything with a default may be left out. */
export type EmulatorOptions = z.input<typeof EmulatorOptions>;
export type EmulatorSettings = z.output<typeof EmulatorOptions>;
