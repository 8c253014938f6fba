import type { Bundle } from '@alur/bundle';
import { furthestOf, type LifeStep, type MessageLife } from '@alur/store';
import { DEAD_REASONS, DeadReason } from '@alur/types';
import { describeCode } from '@alur/whatsapp';
import { z } from 'zod';

const Time = z.iso.datetime();

const Code = z.object({
  code: z.string(),
  title: z.string().optional(),
  /** What it comes to: see docs/errors.md. */
  class: z.string().optional(),
  advice: z.string().optional(),
});

const Step = z.object({
  at: Time,
  kind: z.string(),
  attempt: z.number().optional(),
  /** What came of an attempt. */
  outcome: z.string().optional(),
  status: z.string().optional(),
  /** By Meta's clock. */
  meta_at: Time.optional(),
  code: Code.optional(),
  reason: z.string().optional(),
  /** How many messages of its conversation were before it. */
  ahead: z.number().optional(),
  /** How long it waits at least before it is tried again. */
  wait_ms: z.number().optional(),
});

const Wait = z.object({
  scope: z.string(),
  first_at: Time,
  count: z.number(),
  total_ms: z.number(),
  /** While it lasts. */
  since: Time.optional(),
});

/** One message from when it was queued. */
export const MessageAnswer = z.object({
  id: z.string(),
  /** What caused it, where an event did. */
  event: z.string().optional(),
  conversation: z.string(),
  phone_number_id: z.string(),
  class: z.string(),
  kind: z.string(),
  state: z.enum(['queued', 'attempting', 'unknown', 'sent', 'dead', 'skipped', 'dropped']),
  /** The furthest that WhatsApp has reported of one that was sent. */
  status: z.enum(['sent', 'delivered', 'read', 'played']).optional(),
  wamid: z.string().optional(),
  reason: z.object({ name: DeadReason, advice: z.string() }).optional(),
  /** Of the last refusal, failure or silence. */
  code: Code.optional(),
  attempts: z.number(),
  created_at: Time,
  steps: z.array(Step),
  waits: z.array(Wait),
});
export type MessageAnswer = z.infer<typeof MessageAnswer>;

type Overrides = Bundle['errors'];

export function shownMessage(life: MessageLife, overrides: Overrides): MessageAnswer {
  const { mid, data, state, wamid, reason, code, attempts, createdAtMs, steps, waits } = life;
  return {
    id: mid,
    ...(data.evt !== undefined && { event: data.evt }),
    conversation: data.cid,
    phone_number_id: data.number,
    class: data.class,
    kind: data.kind,
    state: MessageAnswer.shape.state.parse(state),
    ...(state === 'sent' && { status: furthestOf(steps) }),
    ...(wamid !== undefined && { wamid }),
    ...(reason !== undefined && { reason: { name: reason, advice: DEAD_REASONS[reason].advice } }),
    ...(code !== undefined && { code: codeOf(code, overrides) }),
    attempts,
    created_at: timeOf(createdAtMs),
    steps: steps.map((step) => shownStep(step, overrides)),
    waits: waits.map(({ scope, firstAtMs, count, totalMs, sinceMs }) => ({
      scope,
      first_at: timeOf(firstAtMs),
      count,
      total_ms: totalMs,
      ...(sinceMs !== undefined && { since: timeOf(sinceMs) }),
    })),
  };
}

function codeOf(code: string, overrides: Overrides): z.infer<typeof Code> {
  return { code, ...describeCode(code, overrides) };
}

function shownStep(step: LifeStep, overrides: Overrides): z.infer<typeof Step> {
  const common = { at: timeOf(step.atMs), kind: step.kind };
  const code = 'code' in step && step.code !== undefined ? { code: codeOf(step.code, overrides) } : {};
  switch (step.kind) {
    case 'queued_behind':
      return { ...common, ahead: step.ahead };
    case 'finished': {
      const { attempt, outcome, waitMs } = step;
      return { ...common, ...code, attempt, outcome, ...(waitMs !== undefined && { wait_ms: waitMs }) };
    }
    case 'status':
      return {
        ...common,
        ...code,
        attempt: step.attempt,
        status: step.status,
        meta_at: timeOf(step.metaAtMs),
      };
    case 'ended':
      return { ...common, reason: step.reason };
    default:
      return 'attempt' in step ? { ...common, attempt: step.attempt } : common;
  }
}

/** A time in Unix ms, in UTC. */
export function timeOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
