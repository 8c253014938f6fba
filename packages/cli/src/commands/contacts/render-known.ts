import type { WrittenTrace } from '@alur/store';
import type { Colors } from '../../io.ts';
import { contactToJson, describeContact } from '../../mask-contact.ts';
import { isoTime, renderMoment, renderTime } from '../../moments.ts';
import { printable } from '../../printable.ts';
import { renderFields, type Field } from '../../render-fields.ts';
import { wordOf } from '../explain/message-verdict.ts';
import type { KnownConversation } from './known-conversation.ts';

interface KnownOptions {
  /** Numbers and names whole. */
  isWhole: boolean;
  nowMs: number;
  /** How many events are shown at most. */
  events: number;
}

/** A conversation as a block: where it stands, and its last events with their messages. */
export function renderKnown(known: KnownConversation, options: KnownOptions & { colors: Colors }): string {
  const { colors, events, isWhole } = options;
  const { life, number } = known;
  const shown = life.events.slice(0, events);
  const older = life.events.length - shown.length;
  return [
    `${colors.bold(`Contact ${describeContact(life.contact, isWhole)}`)}  with ${number ? `number ${number.id}` : 'a number that is not known'}`,
    ...renderFields(fieldsOf(known, options), colors),
    ...(shown.length === 0
      ? []
      : ['', colors.bold('Last events, the newest first (`alur explain EVENT` says more):')]),
    ...shown.flatMap((trace) => eventLines(trace, known, colors)),
    ...(older > 0 ? [colors.dim(`  … and ${older} older; --events shows more`)] : []),
    '',
  ].join('\n');
}

function fieldsOf({ life, number, optedOut }: KnownConversation, { nowMs }: KnownOptions): Field[] {
  const { cid, contact, lastMessageTime, inbox } = life;
  const wrote = lastMessageTime === 0 ? 'never' : renderMoment(lastMessageTime * 1_000, nowMs);
  return [
    ...(number ? [['team', `${number.tenant}/${number.team}`] satisfies Field] : []),
    ['conversation', cid],
    ['wrote', wrote],
    ['window', windowOf(life.windowUntilMs, nowMs)],
    ['tags', contact?.tags.join(', ') || 'none'],
    ['opted out', optedOut === undefined ? 'no' : `of ${optedOut === 'all' ? 'everything' : 'marketing'}`],
    ['session', sessionOf(life, nowMs)],
    ['inbox', inbox === 0 ? 'empty' : `${inbox} waiting for a flow-runner`],
  ];
}

function windowOf(untilMs: number, nowMs: number): string {
  if (untilMs > nowMs) return `open until ${renderMoment(untilMs, nowMs)}`;
  return 'closed: only templates may go';
}

function sessionOf({ session, timerAtMs }: KnownConversation['life'], nowMs: number): string {
  if (session === undefined) return 'none yet, or of another version';
  const { wait } = session;
  if (wait === undefined) return 'no run waits';
  const whom =
    wait.for === 'release' ? 'people have it until it is released' : "for the contact's next message";
  const end = timerAtMs === undefined ? '' : `, goes on by itself ${renderMoment(timerAtMs, nowMs)}`;
  return `waits at ${wait.flow}/${wait.node}: ${whom}${end}`;
}

function eventLines(trace: WrittenTrace, { messages }: KnownConversation, colors: Colors): string[] {
  const { committedAtMs, kind, outcome, flow, nodes, evt, failure } = trace;
  const path = nodes.map(({ node }) => node).join(' → ');
  const where = flow === undefined ? '' : `  ${flow}: ${path}`;
  const why = failure === undefined ? '' : ` (${failure})`;
  const head = `  ${renderTime(committedAtMs)}  ${kind}  ${outcome}${why}${where}`;
  const sent = trace.messages.map((mid) => {
    const life = messages.get(mid);
    const code = life?.code === undefined ? '' : ` ${life.code}`;
    const word = life
      ? `${wordOf(life)}${life.state === 'dead' ? `, ${life.reason ?? ''}${code}` : ''}`
      : 'gone';
    return `      message ${mid}  ${life?.data.kind ?? ''}  ${word}`;
  });
  return [printable(head), ...(evt === undefined ? [] : [colors.dim(`      event ${evt}`)]), ...sent];
}

/** The same for `--json`. */
export function knownToJson(known: KnownConversation, { isWhole, events }: KnownOptions) {
  const { life, number, optedOut, messages } = known;
  const { cid, contact, session, lastMessageTime, windowUntilMs, timerAtMs, inbox } = life;
  const wait = session?.wait;
  return {
    conversation: cid,
    tenant: number?.tenant ?? null,
    team: number?.team ?? null,
    number: number?.id ?? null,
    contact: contactToJson(contact, isWhole),
    tags: contact?.tags ?? [],
    optedOut: optedOut ?? null,
    lastMessageAt: isoTime(lastMessageTime === 0 ? undefined : lastMessageTime * 1_000),
    windowUntil: isoTime(windowUntilMs === 0 ? undefined : windowUntilMs),
    wait: wait ? { flow: wait.flow, node: wait.node, for: wait.for, until: isoTime(timerAtMs) } : null,
    inbox,
    events: life.events.slice(0, events).map((trace) => ({
      evt: trace.evt ?? null,
      kind: trace.kind,
      outcome: trace.outcome,
      at: isoTime(trace.committedAtMs),
      flow: trace.flow ?? null,
      nodes: trace.nodes,
      failure: trace.failure ?? null,
      messages: trace.messages.map((mid) => {
        const message = messages.get(mid);
        return { mid, state: message ? wordOf(message) : null, reason: message?.reason ?? null };
      }),
    })),
  };
}
