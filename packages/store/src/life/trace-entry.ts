import { ConversationId, EventId, MessageId, readAs, type TurnOutcome } from '@alur/types';
import { z } from 'zod';
import { longId, shortId } from '../short-id.ts';

// A conversation's trace is kept for people who ask, an entry for each event: ids and names that the authors of flows gave,
// nothing that a contact wrote, is called or is reached by. Short names, since there are many.

/** A node that a turn came to. `note`: which way it went. */
export interface TracedNode {
  node: string;
  type: string;
  /** Where it is another than the turn's. */
  flow?: string | undefined;
  note?: string | undefined;
}

/**
 * What became of one event, or of messages that no event caused. Outcomes are the engine's; beside them `queued` (the API queued
 * the messages) and `set_aside` (no turn could take it; `failure` says why).
 */
export interface TraceEntry {
  /** Missing where no event caused it. */
  evt?: EventId | undefined;
  /** Of the event; `api` where there is none. */
  kind: string;
  outcome: TurnOutcome | 'queued' | 'set_aside';
  /** Unix s, the event's own. */
  at?: number | undefined;
  /** When ingress had all of it, Unix ms. */
  receivedAtMs?: number | undefined;
  flow?: string | undefined;
  /** Beginning of the hash of the flows. */
  flows?: string | undefined;
  nodes: readonly TracedNode[];
  messages: readonly MessageId[];
  /** Types of the events that subscribers are told. */
  emitted: readonly string[];
  /** What the run waits for after it, and until when (Unix s). */
  wait?: { node: string; for: 'message' | 'release'; until?: number | undefined } | undefined;
  /** Why it stopped. */
  failure?: string | undefined;
  /** How many runners were lost while they had the event. */
  lost?: number | undefined;
}

/** An entry as it was written. */
export interface WrittenTrace extends TraceEntry {
  /** When the turn was committed, Unix ms. */
  committedAtMs: number;
}

const NODES_MAX = 30;
const MESSAGES_MAX = 30;
const EMITTED_MAX = 10;
const FLOWS_DIGITS = 12;
// What a node may say of which way it went. What it says beside this may name what an author wrote about a contact.
const NOTE =
  /^(condition \d+|no condition|default|timeout|time is up|released|status \d{3}|no [a-z]+ \(\d+\)|opted (in|out).{0,20})$/;

const Short = z.string().length(22);
const Line = z.object({
  e: Short.optional(),
  k: z.string(),
  o: z.enum([
    'completed',
    'waiting',
    'unmatched',
    'failed',
    'silent',
    'stale',
    'queued',
    'set_aside',
  ] satisfies TraceEntry['outcome'][]),
  a: z.number().optional(),
  r: z.number().optional(),
  f: z.string().optional(),
  v: z.string().optional(),
  n: z.array(z.array(z.string())).default([]),
  m: z.array(Short).default([]),
  x: z.array(z.string()).default([]),
  w: z.object({ n: z.string(), f: z.enum(['message', 'release']), u: z.number().optional() }).optional(),
  c: z.string().optional(),
  l: z.number().optional(),
});

/** An entry as the scripts keep it, behind the time of the turn. */
export function formatTrace(entry: TraceEntry): string {
  const { evt, nodes, messages, emitted, wait, flow } = entry;
  const line: z.input<typeof Line> = {
    ...(evt !== undefined && { e: shortId(evt) }),
    k: entry.kind,
    o: entry.outcome,
    a: entry.at,
    r: entry.receivedAtMs,
    f: flow,
    v: entry.flows?.slice(0, FLOWS_DIGITS),
    ...(nodes.length > 0 && { n: nodes.slice(0, NODES_MAX).map((each) => formatNode(each, flow)) }),
    ...(messages.length > 0 && { m: messages.slice(0, MESSAGES_MAX).map(shortId) }),
    ...(emitted.length > 0 && { x: emitted.slice(0, EMITTED_MAX) }),
    w: wait && { n: wait.node, f: wait.for, u: wait.until },
    c: entry.failure,
    ...(entry.lost !== undefined && entry.lost > 0 && { l: entry.lost }),
  };
  return JSON.stringify(line);
}

// Node, type, way, flow; as many as there are.
function formatNode({ node, type, note, flow }: TracedNode, own: string | undefined): string[] {
  const way = note !== undefined && NOTE.test(note) ? note : '';
  const other = flow === undefined || flow === own ? '' : flow;
  if (other !== '') return [node, type, way, other];
  return way === '' ? [node, type] : [node, type, way];
}

/** Reads an entry; undefined where another version wrote it. */
export function parseTrace(text: string): WrittenTrace | undefined {
  const space = text.indexOf(' ');
  const line = readAs(Line, parseJson(text.slice(space + 1))).data;
  if (!line) return undefined;
  const { e, k, o, a, r, f, v, n, m, x, w, c, l } = line;
  return {
    evt: e === undefined ? undefined : EventId.parse(longId(e)),
    kind: k,
    outcome: o,
    at: a,
    receivedAtMs: r,
    flow: f,
    flows: v,
    nodes: n.map(([node = '', type = '', note = '', flow = '']) => ({
      node,
      type,
      ...(note !== '' && { note }),
      ...(flow !== '' && { flow }),
    })),
    messages: m.map((mid) => MessageId.parse(longId(mid))),
    emitted: x,
    wait: w && { node: w.n, for: w.f, until: w.u },
    failure: c,
    lost: l,
    committedAtMs: Number(text.slice(0, space)),
  };
}

/** The conversation that a dedupe bucket names; undefined where an older version wrote it. */
export function parseSeen(value: string | null): ConversationId | undefined {
  return value?.length === 22 ? ConversationId.parse(longId(value)) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
