import type { ConversationLife, EventLife, MessageLife, WrittenTrace } from '@alur/store';
import { describeContact } from '../../mask-contact.ts';
import { renderMoment, renderTime } from '../../moments.ts';
import { renderFields, type Field } from '../../render-fields.ts';
import type { Story } from './find-story.ts';
import { verdictOf, wordOf } from './message-verdict.ts';
import { exactSpan } from './spans.ts';
import { messageRows, renderRows, type Row, type TimelineOptions } from './timeline.ts';

export interface RenderStoryOptions extends TimelineOptions {
  showContact: boolean;
}

/** A story from the webhook on: the event, its turn, and each message with its timeline and what holds for it now. */
export function renderStory(story: Story, options: RenderStoryOptions): string {
  const { event, messages, gone } = story;
  const startMs = startOf(story);
  return [
    ...(event ? renderEvent(event, story, startMs, options) : renderCauseless(story, options)),
    ...messages.flatMap((life, index) => [
      '',
      ...renderMessage(life, { story, startMs, title: titleOf(life, index, story) }, options),
    ]),
    ...gone.map(
      (mid) => `\nMessage ${mid}: its record is gone; it ended long ago, or was withdrawn or erased.`,
    ),
    '',
  ].join('\n');
}

/** What times are counted from: when it came in. */
function startOf({ event, messages }: Story): number {
  const { trace, waiting } = event ?? {};
  const received = trace?.receivedAtMs ?? waiting?.receivedAtMs ?? trace?.committedAtMs;
  return received ?? messages[0]?.createdAtMs ?? 0;
}

function renderEvent(
  event: EventLife,
  story: Story,
  startMs: number,
  { colors, nowMs, showContact }: RenderStoryOptions,
): string[] {
  const { trace, waiting } = event;
  const kind = trace?.kind ?? waiting?.kind ?? 'unread';
  const outcome = trace?.outcome ?? (waiting ? 'waits for its turn' : 'no longer in the trace');
  return [
    colors.bold(`Event ${event.evt} (${kind}): ${outcome}`),
    ...renderFields([...commonFields(story, showContact), ['came', renderMoment(startMs, nowMs)]], colors),
    ...renderRows([...cameRows(event, startMs), ...turnRows(trace, nowMs)], startMs, colors),
    ...waitingLines(event),
  ];
}

function renderCauseless(story: Story, { colors, showContact }: RenderStoryOptions): string[] {
  return [
    colors.bold('No event: the API, a broadcast or an operator queued it'),
    ...renderFields(commonFields(story, showContact), colors),
  ];
}

function commonFields({ event, messages, conversation, number }: Story, isWhole: boolean): Field[] {
  const data = messages[0]?.data;
  const team = data ?? (number && { tenant: number.number.tenant, team: number.number.team });
  const cid = event?.cid ?? data?.cid ?? '';
  return [
    ...(team ? [['team', `${team.tenant}/${team.team}`] satisfies Field] : []),
    ...(data ? [['number', data.number] satisfies Field] : []),
    ['contact', describeContact(contactOf(conversation, messages), isWhole)],
    ['conversation', cid],
  ];
}

function contactOf(conversation: ConversationLife | undefined, messages: readonly MessageLife[]) {
  return conversation?.contact ?? messages.find(({ to }) => to !== undefined)?.to;
}

function cameRows({ trace, waiting }: EventLife, startMs: number): Row[] {
  const received = trace?.receivedAtMs ?? waiting?.receivedAtMs;
  const at = trace?.at ?? waiting?.at;
  if (received === undefined) return [];
  const apart = at === undefined ? 0 : startMs - at * 1_000;
  // Meta's clock is in whole seconds.
  const by = apart >= 2_000 ? `; WhatsApp's time of it is ${exactSpan(apart)} before` : '';
  return [{ atMs: received, text: `received by ingress${by}` }];
}

function turnRows(trace: WrittenTrace | undefined, nowMs: number): Row[] {
  if (trace === undefined) return [];
  const { committedAtMs, outcome, flow, flows, failure, nodes, emitted, wait, messages, lost } = trace;
  const inFlow = flow === undefined ? '' : ` in flow ${flow} (files ${flows ?? 'unknown'})`;
  const why = failure === undefined ? '' : `: ${failure}`;
  const path = nodes.map((each) => {
    const way = each.note === undefined ? '' : `, ${each.note}`;
    return `${each.flow === undefined ? '' : `${each.flow}/`}${each.node} (${each.type}${way})`;
  });
  const text = `${TURNS[outcome]}${inFlow}${why}`;
  const more = [
    ...(lost === undefined ? [] : [lostText(lost)]),
    ...(path.length === 0 ? [] : [`nodes: ${path.join(' → ')}`]),
    ...(emitted.length === 0 ? [] : [`subscribers are told: ${emitted.join(', ')}`]),
    ...(wait === undefined ? [] : [waitText(wait, nowMs)]),
    ...(messages.length === 0 && outcome !== 'set_aside' ? ['no message'] : []),
  ];
  return [{ atMs: committedAtMs, text, more }];
}

const TURNS: Record<WrittenTrace['outcome'], string> = {
  completed: 'turn taken: completed',
  waiting: 'turn taken: waits',
  unmatched: 'turn taken: no trigger takes this event',
  failed: 'turn taken: failed',
  silent: 'turn taken: people have the conversation, so the flows keep silent',
  stale: 'turn taken: what it was for is over',
  queued: 'queued by the API',
  set_aside: 'set aside into the quarantine: no turn could take it',
};

function lostText(lost: number): string {
  const runners =
    lost === 1 ? '1 flow-runner was lost while it' : `${lost} flow-runners were lost while they`;
  return `${runners} had this event`;
}

/** What a run waits for, and until when. */
function waitText({ node, for: what, until }: NonNullable<WrittenTrace['wait']>, nowMs: number): string {
  const whom = what === 'release' ? 'for people to release it' : "for the contact's next message";
  const end = until === undefined ? '' : `, until ${renderMoment(until * 1_000, nowMs)}`;
  return `waits ${whom} at node ${node}${end}`;
}

function waitingLines({ trace, waiting }: EventLife): string[] {
  if (waiting) {
    const { ahead, lost } = waiting;
    const before = ahead === 0 ? 'next in its conversation' : `behind ${ahead} of its conversation`;
    const runners = lost === 0 ? '' : `; ${lostText(lost)}`;
    return [
      `  It is in the inbox, ${before}${runners}. A flow-runner takes it within moments: is one running?`,
    ];
  }
  if (trace) return [];
  return ['  Its turn is not in the trace: a hundred events have come since, or an older version took it.'];
}

function titleOf({ mid, data }: MessageLife, index: number, { messages, asked }: Story): string {
  const which = messages.length === 1 ? 'Message' : `Message ${index + 1} of ${messages.length}`;
  const mark = 'mid' in asked && asked.mid === mid && messages.length > 1 ? ', asked for' : '';
  return `${which} ${mid} (${data.class}, ${data.kind}${mark})`;
}

interface MessageFrame {
  story: Story;
  startMs: number;
  title: string;
}

function renderMessage(
  life: MessageLife,
  { story, startMs, title }: MessageFrame,
  options: RenderStoryOptions,
): string[] {
  const { colors, nowMs, showContact } = options;
  const verdict = verdictOf(life, { nowMs, number: story.number });
  const word = wordOf(life);
  const paint =
    word === 'dead' ? colors.red : word === 'queued' || word === 'unknown' ? colors.yellow : colors.green;
  const began =
    startMs === life.createdAtMs && !story.event ? [`created ${renderTime(life.createdAtMs)}`] : [];
  const fields: Field[] = [
    ...(showContact && life.wamid !== undefined ? [['wamid', life.wamid] satisfies Field] : []),
    ['now', ...verdict, ...began],
  ];
  return [
    `${colors.bold(title)}: ${paint(word)}`,
    ...renderRows(messageRows(life, options), startMs, colors),
    ...renderFields(fields, colors),
  ];
}
