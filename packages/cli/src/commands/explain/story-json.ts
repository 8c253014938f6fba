import type { EventLife, LifeStep, MessageLife } from '@alur/store';
import { contactToJson } from '../../mask-contact.ts';
import { isoTime } from '../../moments.ts';
import type { Story } from './find-story.ts';
import { verdictOf, wordOf } from './message-verdict.ts';

interface JsonOptions {
  nowMs: number;
  showContact: boolean;
}

/** A story for `--json`: times in UTC, lengths in ms. */
export function storyToJson(story: Story, options: JsonOptions) {
  const { asked, event, messages, gone, conversation } = story;
  const contact = conversation?.contact ?? messages.find(({ to }) => to !== undefined)?.to;
  return {
    asked,
    conversation: event?.cid ?? messages[0]?.data.cid ?? null,
    contact: contactToJson(contact, options.showContact),
    event: event ? eventToJson(event) : null,
    messages: messages.map((life) => messageToJson(life, story, options)),
    gone,
  };
}

function eventToJson({ evt, trace, waiting }: EventLife) {
  const { at, receivedAtMs } = trace ?? waiting ?? {};
  return {
    evt,
    kind: trace?.kind ?? waiting?.kind ?? null,
    at: isoTime(at === undefined ? undefined : at * 1_000),
    receivedAt: isoTime(receivedAtMs),
    waiting: waiting ? { ahead: waiting.ahead, lost: waiting.lost } : null,
    turn: trace
      ? {
          committedAt: isoTime(trace.committedAtMs),
          outcome: trace.outcome,
          flow: trace.flow ?? null,
          files: trace.flows ?? null,
          nodes: trace.nodes,
          emitted: trace.emitted,
          wait: trace.wait
            ? { ...trace.wait, until: isoTime(trace.wait.until && trace.wait.until * 1_000) }
            : null,
          failure: trace.failure ?? null,
          lostRunners: trace.lost ?? 0,
        }
      : null,
  };
}

function messageToJson(life: MessageLife, story: Story, { nowMs, showContact }: JsonOptions) {
  const { mid, data, state, reason, code, attempts, createdAtMs, steps, waits, wamid } = life;
  return {
    mid,
    tenant: data.tenant,
    team: data.team,
    number: data.number,
    class: data.class,
    kind: data.kind,
    state,
    furthest: wordOf(life),
    reason: reason ?? null,
    code: code ?? null,
    attempts,
    ...(showContact && { wamid: wamid ?? null }),
    createdAt: isoTime(createdAtMs),
    steps: steps.map(stepToJson),
    waits: waits.map(({ scope, firstAtMs, count, totalMs, sinceMs }) => ({
      scope,
      firstAt: isoTime(firstAtMs),
      count,
      totalMs: totalMs + (sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs)),
      since: isoTime(sinceMs),
    })),
    place: life.place ?? null,
    now: verdictOf(life, { nowMs, number: story.number }),
  };
}

function stepToJson({ atMs, ...step }: LifeStep) {
  if (step.kind !== 'status') return { at: isoTime(atMs), ...step };
  const { metaAtMs, ...rest } = step;
  return { at: isoTime(atMs), ...rest, metaAt: isoTime(metaAtMs) };
}
