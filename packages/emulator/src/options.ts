import { z } from 'zod';
import { Slug, TemplateDefinition } from '@alur/types';

/** One business phone number that the emulator plays, with the secrets that its owner would hold at Meta. */
export const EmulatedNumber = z.strictObject({
  /** `phone_number_id`, digits. */
  id: z.string().regex(/^[0-9]{1,32}$/),
  displayNumber: z.string().min(1),
  wabaId: z.string().regex(/^[0-9]{1,32}$/),
  accessToken: z.string().min(1),
  appSecret: z.string().min(1),
  /** Both only name the webhook's address under `webhookBaseUrl`. */
  tenant: Slug.default('default'),
  team: Slug.default('default'),
  /** Messages a second, both directions together. */
  throughput: z.number().int().min(1).default(80),
  /** Contacts that may be sent a template outside an open window within `tierWindowMs`; none when left out. */
  tierLimit: z.number().int().min(1).optional(),
  /** What takes a place in the tier: such contacts, as at Meta, or every message, as some read the limit. */
  tierCounts: z.enum(['business_initiated', 'all']).default('business_initiated'),
  /** Numbers with the same one share their tier; without it a number has its own. */
  portfolio: z.string().min(1).optional(),
  /** The only contacts that it may send to, as a test number of Meta's; everybody when left out. Digits. */
  allowedRecipients: z
    .array(z.string().regex(/^[0-9]{7,15}$/))
    .max(5)
    .optional(),
  /** The PIN of two-step verification that it has from the start; without one the first registration sets it. */
  pin: z
    .string()
    .regex(/^[0-9]{6}$/)
    .optional(),
  /** What `debug_token` tells of its token; Unix seconds, 0 for one without an end. */
  tokenScopes: z
    .array(z.string().min(1))
    .default(['whatsapp_business_management', 'whatsapp_business_messaging', 'public_profile']),
  tokenExpiresAt: z.number().int().nonnegative().default(0),
  /** What Meta thinks of what it sends. */
  quality: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).default('GREEN'),
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

/** By default every message of a contact leaves at once and alone. */
const InboundBatch = z.strictObject({
  // Meta's own bound.
  max: z.number().int().min(1).max(1_000).default(1),
  waitMs: z.number().int().nonnegative().default(0),
});

const DAY_MS = 86_400_000;

const delay = (ms: number) => z.number().int().nonnegative().default(ms);

/** Milliseconds from acceptance to each receipt. */
export const StatusDelays = z.strictObject({ sent: delay(30), delivered: delay(120), read: delay(600) });
export type StatusDelays = z.infer<typeof StatusDelays>;

const WebAddress = z.url({ protocol: /^https?$/ });

/** How the emulator's clock begins. Stopped, it goes on only when it is told to. */
const ClockSettings = z.strictObject({
  /** Unix milliseconds; the machine's time when left out. */
  now: z.number().int().nonnegative().optional(),
  rate: z.number().positive().max(100_000).default(1),
  stopped: z.boolean().default(false),
});

/** Source: Meta, "Rate limits": calls in any hour, of one app about one WABA and of one app in all. */
const CallQuota = z.strictObject({
  waba: z.number().int().min(1).default(5_000),
  app: z.number().int().min(1).default(20_000),
  /** Whether calls beyond it are refused, with 80008 and 4. */
  enforce: z.boolean().default(false),
});
export type CallQuota = z.infer<typeof CallQuota>;

const Settings = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 picks a free port. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** What receivers reach the emulator by, for the address of a contact's file; its own address when left out. */
  publicUrl: WebAddress.optional(),
  /** Webhooks go to `<webhookBaseUrl>/webhook/whatsapp/<tenant>/<team>`. */
  webhookBaseUrl: WebAddress.optional(),
  /** Webhooks of all numbers go to this very address. With neither of both they go nowhere until one is set. */
  webhookUrl: WebAddress.optional(),
  /** Said to an address that is set by order without a token of its own. */
  verifyToken: z.string().min(1).default('emulator'),
  numbers: z.array(EmulatedNumber).min(1),
  /** Makes ids and chance repeatable. Without it every start has its own, so that no wamid comes twice. */
  seed: z.string().min(1).optional(),
  /** `null` turns status webhooks off. */
  statusDelayMs: StatusDelays.nullable().prefault({}),
  /** Receipts of one number travel together; by default they do not wait for each other. */
  statusBatch: StatusBatch.prefault({}),
  /** How many messages of contacts and news may share a webhook, and how long they wait for each other. */
  inboundBatch: InboundBatch.prefault({}),
  /** When a webhook that was not answered with 200 comes again: as Meta does, over 7 days, or soon and again. */
  redelivery: z.enum(['meta', 'fast']).default('fast'),
  /** `shuffled`: webhooks leave in an order that only the seed knows, across all types. */
  webhookOrder: z.enum(['kept', 'shuffled']).default('kept'),
  /** For how long a webhook's answer may take. */
  webhookTimeoutMs: z.number().int().positive().default(10_000),
  /** Every contact has a user id, and webhooks bear it: on messages, and with `contacts` on receipts. */
  userIds: z.boolean().default(false),
  clock: ClockSettings.prefault({}),
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
  /** Whether a template that is not defined counts as approved (`any`) or does not exist; a defined one is always checked. */
  templates: z.enum(['any', 'defined']).default('any'),
  /** The templates that a WABA has from the start, by WABA id. */
  templateDefinitions: z.record(z.string(), z.array(TemplateDefinition)).default({}),
  /** From the creation of a template to its approval, milliseconds; `null`: it waits for an order. */
  templateReviewMs: z.number().int().nonnegative().nullable().default(1_000),
  /** Whether a media id that nobody uploaded counts as uploaded (`any`) or does not exist. */
  media: z.enum(['any', 'uploaded']).default('any'),
  /** Whether reactions and read receipts may name a message that was never here (`any`), or fail. */
  targets: z.enum(['any', 'known']).default('known'),
  /** Whether some numbers of Brazil, Mexico and Argentina are answered with another `wa_id`, as Meta does. */
  waIdVariants: z.boolean().default(false),
  /** The quota of management calls an hour. It is counted and told in the headers in any case. */
  callQuota: CallQuota.prefault({}),
});

export const EmulatorOptions = Settings.superRefine((settings, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  if (settings.statusDelayMs === null && Object.values(settings.enforce).includes('status')) {
    complain(['enforce'], 'a limit enforced by status needs statuses: set statusDelayMs');
  }
  for (const [index, id] of repeated(settings.numbers.map(({ id }) => id))) {
    complain(['numbers', index, 'id'], `two numbers have the id ${id}: give each its own`);
  }
  for (const { path, message } of doubleTemplates(settings.templateDefinitions)) complain(path, message);
  for (const [index, other, key] of disagreements(settings.numbers)) {
    complain(['numbers', index, key], `numbers of one portfolio need the same ${key}: ${other} has another`);
  }
});

/** Those that were there before, each with its place. */
function repeated(ids: readonly string[]): [number, string][] {
  const seen = new Set<string>();
  return ids.flatMap((id, index): [number, string][] => {
    if (seen.has(id)) return [[index, id]];
    seen.add(id);
    return [];
  });
}

type Definitions = Readonly<Record<string, readonly TemplateDefinition[]>>;

/** An id is one template's in all WABAs; a name in one language is so in its own. */
function doubleTemplates(byWaba: Definitions): { path: (string | number)[]; message: string }[] {
  const member = 'templateDefinitions';
  const all = Object.entries(byWaba).flatMap(([waba, list]) =>
    list.map(({ id }, index) => ({ id, path: [member, waba, index, 'id'] })),
  );
  const ids = repeated(all.map(({ id }) => id)).map(([place, id]) => ({
    path: all[place]?.path ?? [member],
    message: `two templates have the id ${id}: give each its own`,
  }));
  const names = Object.entries(byWaba).flatMap(([waba, list]) =>
    repeated(list.map(({ name, language }) => `${name} (${language})`)).map(([index, name]) => ({
      path: [member, waba, index],
      message: `the template ${name} is defined twice: leave one out`,
    })),
  );
  return [...ids, ...names];
}

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
