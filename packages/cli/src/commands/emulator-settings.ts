import {
  LIMIT_NAMES,
  enforceLimits,
  type EnforceSettings,
  type LimitName,
  type StatusDelays,
} from '@alur/emulator';
import { CliError } from '../cli-error.ts';

/** How the emulator shall behave, as it stands on the command line. */
export interface EmulatorFlags {
  enforce?: string;
  enforceBy: string;
  throttleHttp: string;
  seed?: string;
  statusDelays: string;
  statusBatch: string;
  read: boolean;
  window?: string;
  redelivery: string;
  order: string;
  userIds: boolean;
  strict: boolean;
  clock?: string;
  clockRate?: string;
}

export interface EmulatorSettings {
  enforce: EnforceSettings;
  throttleHttp: 400 | 429;
  seed?: string;
  statusDelayMs: StatusDelays | null;
  statusBatch: { max: number; waitMs: number };
  autoRead: boolean;
  windowMs?: number;
  redelivery: 'meta' | 'fast';
  webhookOrder: 'kept' | 'shuffled';
  userIds: boolean;
  templates: 'any' | 'defined';
  media: 'any' | 'uploaded';
  clock: { now?: number; stopped?: boolean; rate?: number };
}

/** The settings that flags ask for, or a usage error that names the flag. */
export function parseSettings(given: EmulatorFlags): EmulatorSettings {
  const settings: EmulatorSettings = {
    enforce: parseEnforce(given.enforce, given.enforceBy),
    throttleHttp: given.throttleHttp === '429' ? 429 : 400,
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    statusDelayMs: parseDelays(given.statusDelays),
    statusBatch: parseBatch(given.statusBatch),
    autoRead: given.read,
    ...(given.window === undefined ? {} : { windowMs: parseWindow(given.window) }),
    redelivery: given.redelivery === 'meta' ? 'meta' : 'fast',
    webhookOrder: given.order === 'shuffled' ? 'shuffled' : 'kept',
    userIds: given.userIds,
    templates: given.strict ? 'defined' : 'any',
    media: given.strict ? 'uploaded' : 'any',
    clock: parseClock(given),
  };
  if (settings.statusDelayMs === null && Object.values(settings.enforce).includes('status')) {
    const fix = 'add `--enforce-by api`, or let the statuses come';
    throw wrong('--enforce needs failed statuses, and --status-delays turns them off', fix);
  }
  return settings;
}

/** As the limits are named on the command line. */
const FLAG_NAMES: Record<LimitName, string> = {
  throughput: 'throughput',
  pair: 'pair',
  tier: 'tier',
  window: 'window',
  optOut: 'opt-out',
};

const LIMIT_FLAGS = LIMIT_NAMES.map((name) => FLAG_NAMES[name]);

/** How each limit is held, for a person. */
export function describeEnforce(enforce: EnforceSettings): string {
  const named = (way: 'api' | 'status') =>
    LIMIT_NAMES.filter((name) => enforce[name] === way).map((name) => FLAG_NAMES[name]);
  const [refused, failed] = [named('api'), named('status')];
  const parts = [
    ...(refused.length > 0 ? [`${refused.join(', ')} refused at once`] : []),
    ...(failed.length > 0 ? [`${failed.join(', ')} failed by a status`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'measured, none enforced';
}

function parseEnforce(text: string | undefined, by: string): EnforceSettings {
  if (text === undefined) return enforceLimits([]);
  const words = text === 'all' ? LIMIT_FLAGS : text.split(',').map((word) => word.trim());
  const names = words.map((word) => {
    const name = LIMIT_NAMES.find((known) => FLAG_NAMES[known] === word);
    if (name) return name;
    throw wrong(`--enforce knows no limit "${word}"`, `use all, or some of ${LIMIT_FLAGS.join(',')}`);
  });
  return enforceLimits(names, by === 'api' || by === 'status' ? by : 'meta');
}

function parseDelays(text: string): StatusDelays | null {
  if (text === 'off') return null;
  const [sent, delivered, read] = parseNumbers(text, 3) ?? [];
  if (sent !== undefined && delivered !== undefined && read !== undefined) return { sent, delivered, read };
  throw wrong('--status-delays must be three numbers of milliseconds, or off', 'use the form 30,120,600');
}

function parseBatch(text: string): { max: number; waitMs: number } {
  const [max, waitMs] = parseNumbers(text, 2) ?? [];
  if (max !== undefined && waitMs !== undefined && max >= 1 && max <= BATCH_MAX) return { max, waitMs };
  throw wrong(
    `--status-batch must be a number of receipts from 1 to ${BATCH_MAX} and milliseconds`,
    'use the form 100,50',
  );
}

// Meta's own bound.
const BATCH_MAX = 1_000;

function parseWindow(text: string): number {
  const [seconds] = parseNumbers(text, 1) ?? [];
  if (seconds !== undefined && seconds > 0) return seconds * 1_000;
  throw wrong('--window must be a number of seconds, 1 or more', 'leave it out for a day');
}

/** `stopped`, a time to begin with, or both with a comma between them; and how fast it runs. */
function parseClock({ clock: text, clockRate }: EmulatorFlags): EmulatorSettings['clock'] {
  const words = text === undefined ? [] : text.split(',').map((word) => word.trim());
  const times = words.filter((word) => word !== 'stopped');
  const now = times.map((word) => (/^[0-9]{10,14}$/.test(word) ? Number(word) : Date.parse(word)));
  if (times.length > 1 || now.some((ms) => !(ms >= 0))) {
    throw wrong('--clock must be a time, stopped, or both', 'use the form 2026-05-01T09:00:00Z,stopped');
  }
  const [rate] = clockRate === undefined ? [] : (parseNumbers(clockRate, 1) ?? [NaN]);
  if (rate !== undefined && !(rate >= 1 && rate <= RATE_MAX)) {
    throw wrong(`--clock-rate must be a number from 1 to ${RATE_MAX}`, 'leave it out for real time');
  }
  return {
    ...(now[0] === undefined ? {} : { now: now[0] }),
    ...(words.includes('stopped') ? { stopped: true } : {}),
    ...(rate === undefined ? {} : { rate }),
  };
}

const RATE_MAX = 100_000;

/** So many whole numbers with commas between them; undefined when it is anything else. */
function parseNumbers(text: string, count: number): number[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  return parts.length === count && parts.every((part) => /^[0-9]{1,9}$/.test(part))
    ? parts.map(Number)
    : undefined;
}

function wrong(message: string, fix: string): CliError {
  return new CliError('usage', `Cannot start the emulator: ${message}`, fix);
}
