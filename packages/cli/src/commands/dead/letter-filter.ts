import type { DeadLetter } from '@alur/store';
import { DEAD_REASONS, DeadReason, FaultSide, MessageClass, NumberId, Slug, readAs } from '@alur/types';
import { z } from 'zod';
import { CliError } from '../../cli-error.ts';
import { parseMoment } from '../../moments.ts';

/** As given on the command line. */
export interface FilterFlags {
  tenant?: string;
  team?: string;
  number?: string;
  reason?: string;
  code?: string;
  class?: string;
  side?: string;
  since?: string;
  until?: string;
  limit?: string;
}

export interface LetterFilter {
  tenant?: string | undefined;
  team?: string | undefined;
  number?: NumberId | undefined;
  reason?: DeadReason | undefined;
  code?: string | undefined;
  class?: MessageClass | undefined;
  side?: FaultSide | undefined;
  /** Unix ms of the death: from, and before. */
  sinceMs?: number | undefined;
  untilMs?: number | undefined;
  limit?: number | undefined;
}

const LIMIT_MAX = 100_000;
const SLUG_FIX = 'use lower-case letters, digits and dashes';
const Limit = z.coerce.number().int().min(1).max(LIMIT_MAX);

/** Throws `CliError` (usage) for a value that cannot be. */
export function parseFilter(flags: FilterFlags, nowMs: number): LetterFilter {
  const { since, until } = flags;
  return {
    tenant: parse('--tenant', flags.tenant, Slug, SLUG_FIX),
    team: parse('--team', flags.team, Slug, SLUG_FIX),
    number: parse('--number', flags.number, NumberId, "use Meta's phone_number_id, which is digits"),
    reason: parse('--reason', flags.reason, DeadReason, oneOf(DeadReason.options)),
    code: flags.code,
    class: parse('--class', flags.class, MessageClass, oneOf(MessageClass.options)),
    side: parse('--side', flags.side, FaultSide, oneOf(FaultSide.options)),
    sinceMs: since === undefined ? undefined : parseMoment('--since', since, nowMs),
    untilMs: until === undefined ? undefined : parseMoment('--until', until, nowMs),
    limit: parse('--limit', flags.limit, Limit, `use a whole number from 1 to ${LIMIT_MAX}`),
  };
}

/** Whether a dead letter is one of those that are asked for; the limit is not looked at. */
export function matchesFilter({ data, reason, code, diedAtMs }: DeadLetter, filter: LetterFilter): boolean {
  const facts: readonly (readonly [wanted: string | undefined, is: string])[] = [
    [filter.tenant, data.tenant],
    [filter.team, data.team],
    [filter.number, data.number],
    [filter.reason, reason],
    [filter.code, code],
    [filter.class, data.class],
    [filter.side, DEAD_REASONS[reason].side],
  ];
  const { sinceMs = -Infinity, untilMs = Infinity } = filter;
  return (
    facts.every(([wanted, is]) => wanted === undefined || wanted === is) &&
    diedAtMs >= sinceMs &&
    diedAtMs < untilMs
  );
}

function parse<S extends z.ZodType>(
  option: string,
  text: string | undefined,
  schema: S,
  fix: string,
): z.output<S> | undefined {
  if (text === undefined) return undefined;
  const parsed = readAs(schema, text);
  if (parsed.success) return parsed.data;
  throw new CliError('usage', `${option} cannot be "${text}"`, fix);
}

function oneOf(words: readonly string[]): string {
  return `use one of ${words.join(', ')}`;
}
