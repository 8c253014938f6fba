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
  /** Messages a second, both directions together. */
  throughput: z.number().int().min(1).default(80),
  /** Contacts that may be sent a template outside an open window within `tierWindowMs`; none when left out. */
  tierLimit: z.number().int().min(1).optional(),
  /** What takes a place in the tier: such contacts, as at Meta, or every message, as some read the limit. */
  tierCounts: z.enum(['business_initiated', 'all']).default('business_initiated'),
  /** Numbers with the same one share their tier; without it a number has its own. */
  portfolio: z.string().min(1).optional(),
});
/** What callers give: the schema's input, so that everything with a default may be left out. */
export type EmulatedNumber = z.input<typeof EmulatedNumber>;
export type NumberSettings = z.output<typeof EmulatedNumber>;

const enforcement = z.union([z.literal(false), z.literal('api'), z.literal('status')]).default(false);

/** What happens beyond a limit: nothing, Meta's refusal of the POST, or acceptance and a failed status. */
const Enforcement = z.strictObject({
  throughput: enforcement,
  pair: enforcement,
  tier: enforcement,
  window: enforcement,
  optOut: enforcement,
});

/** When receipts leave: as soon as `max` of a number wait, and at the latest `waitMs` after the first. */
const StatusBatch = z.strictObject({
  // Meta's own bound.
  max: z.number().int().min(1).max(1_000).default(100),
  waitMs: z.number().int().nonnegative().default(0),
});
export type StatusBatch = z.infer<typeof StatusBatch>;

const DAY_MS = 86_400_000;

const delay = (ms: number) => z.number().int().nonnegative().default(ms);

/** Milliseconds from acceptance to each receipt. */
export const StatusDelays = z.strictObject({ sent: delay(30), delivered: delay(120), read: delay(600) });
export type StatusDelays = z.infer<typeof StatusDelays>;

const Settings = z.strictObject({
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
  /** Receipts of one number travel together; by default they do not wait for each other. */
  statusBatch: StatusBatch.prefault({}),
  /** Whether contacts read what they get; without it messages stay at `delivered`. */
  autoRead: z.boolean().default(true),
  /** Names beside loopback ones under which the control endpoints and the chat page may be called. */
  allowedHosts: z.array(z.string().min(1)).default([]),
  /** Which limits hold; all are measured in any case. */
  enforce: Enforcement.prefault({}),
  /** HTTP status of a refusal for throughput or pair: Meta's sources differ. */
  throttleHttp: z.union([z.literal(400), z.literal(429)]).default(400),
  /** How long a contact's message keeps its window open. */
  windowMs: z.number().int().positive().default(DAY_MS),
  /** The rolling window of the tier. */
  tierWindowMs: z.number().int().positive().default(DAY_MS),
  /** Whether failed statuses bear `biz_opaque_callback_data`: Meta promises it for the others only. */
  failedStatusTag: z.boolean().default(true),
});

export const EmulatorOptions = Settings.superRefine((settings, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  if (settings.statusDelayMs === null && Object.values(settings.enforce).includes('status')) {
    complain(['enforce'], 'a limit enforced by status needs statuses: set statusDelayMs');
  }
  for (const [index, other, key] of disagreements(settings.numbers)) {
    complain(['numbers', index, key], `numbers of one portfolio need the same ${key}: ${other} has another`);
  }
});

type Shared = 'tierLimit' | 'tierCounts';

/** Numbers that share a tier with one before them and have another idea of it: index, the other's id, and of what. */
function disagreements(numbers: readonly NumberSettings[]): [number, string, Shared][] {
  const first = new Map<string, NumberSettings>();
  return numbers.flatMap((number, index) => {
    if (number.portfolio === undefined) return [];
    const other = first.get(number.portfolio) ?? number;
    first.set(number.portfolio, other);
    const keys: Shared[] = ['tierLimit', 'tierCounts'];
    return keys.flatMap((key): [number, string, Shared][] =>
      other[key] === number[key] ? [] : [[index, other.id, key]],
    );
  });
}

/** What `startEmulator` takes: the schema's input, as above. */
export type EmulatorOptions = z.input<typeof EmulatorOptions>;
export type EmulatorSettings = z.output<typeof EmulatorOptions>;
