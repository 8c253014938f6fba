import { type JsonObject } from '@alur/types';
import { type BlockList } from '../account/block-list.ts';
import { type ContactRules } from '../account/contact-rules.ts';
import { type MessageBook } from '../account/message-book.ts';
import { type Arrival } from '../arrival-clock.ts';
import { type Clock } from '../clock.ts';
import { type ChatLog } from '../control/chat-log.ts';
import { type NumberBook } from '../graph/number-book.ts';
import { type Ids } from '../ids.ts';
import { type Limits } from '../limits/limits.ts';
import { type NumberSettings } from '../options.ts';
import { type WebhookAnswer } from '../webhooks/post-webhook.ts';
import { type MessageUpdate } from '../webhooks/update.ts';
import { type WebhookQueue } from '../webhooks/webhook-queue.ts';
import { type InboundBatchRequest, type InboundRequest } from './inbound-message.ts';
import { type MediaDeps, mediaObject } from './inbound-media.ts';
import { type People, type Person, toMetaContact } from './people.ts';
import { type ReactionBook } from './reaction-book.ts';
import { type Move, toMetaMessage } from './to-meta-message.ts';

export interface InboundDeps extends MediaDeps {
  ids: Ids;
  blocks: BlockList;
  rules: ContactRules;
  messages: MessageBook;
  chat: ChatLog;
  queue: WebhookQueue;
  limits: Limits;
  people: People;
  clock: Clock;
  reactions: ReactionBook;
  /** Numbers in [0, 1) that repeat with the seed. */
  chance: () => number;
  nowMs: () => number;
  /** When what is handled now came in. */
  readArrival: () => Arrival;
}

/**
 * The message's id and how the first POST of its webhook was answered (`status` 0: not at all, see `error`;
 * `CLOCK_STOPPED`: it leaves when the clock goes on).
 */
export interface InboundResult extends WebhookAnswer {
  wamid: string;
}

/** Posts the webhook of one inbound message; Meta's repeats follow by themselves when it is not taken. */
export async function sendInbound(
  request: InboundRequest,
  number: NumberSettings,
  deps: InboundDeps,
): Promise<InboundResult> {
  const prepared = prepare(request, number, deps);
  if (!prepared) return BLOCKED;
  const { wamid, update } = prepared;
  const first = await new Promise<WebhookAnswer>((resolve) => {
    const way = deps.queue.add({ ...update, onAnswer: tell(wamid, number, deps, resolve) });
    for (let copy = 0; copy < request.duplicate; copy += 1) deps.queue.add(update);
    if (way === 'waits' && deps.clock.rate === 0) resolve({ status: 0, error: 'CLOCK_STOPPED' });
  });
  return { wamid, ...first };
}

/** Posts all of them in one webhook, each number's and contact's where Meta puts it. All numbers are known. */
export async function sendInboundBatch(
  { messages, shuffle }: InboundBatchRequest,
  { numbers, ...deps }: InboundDeps & { numbers: NumberBook },
): Promise<{ results: InboundResult[] }> {
  const updates: MessageUpdate[] = [];
  const results = messages.map((request) => {
    const number = numbers.find(request.number);
    if (!number) return Promise.resolve({ wamid: '', status: 0, error: 'UNKNOWN_NUMBER' });
    const prepared = prepare(request, number, deps);
    if (!prepared) return Promise.resolve(BLOCKED);
    const { wamid, update } = prepared;
    const answer = new Promise<WebhookAnswer>((resolve) =>
      updates.push({ ...update, onAnswer: tell(wamid, number, deps, resolve) }),
    );
    for (let copy = 0; copy < request.duplicate; copy += 1) updates.push(update);
    return answer.then((first) => ({ wamid, ...first }));
  });
  deps.queue.addTogether(shuffle ? shuffled(updates, deps.chance) : updates);
  return { results: await Promise.all(results) };
}

// What somebody writes who is blocked stays with them.
const BLOCKED: InboundResult = { wamid: '', status: 0, error: 'BLOCKED' };

/** Undefined for who is blocked. */
function prepare(
  given: InboundRequest,
  number: NumberSettings,
  deps: InboundDeps,
): { wamid: string; update: MessageUpdate } | undefined {
  const at = deps.nowMs();
  const request = withWaId(given, deps.rules);
  if (deps.blocks.isBlocked(number.id, request.from)) return undefined;
  const person = { ...deps.people.meet(request.from) };
  const { wamid, message } = toMetaMessage(request, {
    wamid: wamidOf(request, person, deps),
    atSeconds: request.timestamp ?? Math.floor(at / 1000),
    businessNumber: number.displayNumber.replace(/\D/g, ''),
    person,
    file: (media) => mediaObject(media, number.id, deps),
    move: (order) => movePerson(order, request, deps),
  });
  const isReaction = message['type'] === 'reaction';
  deps.messages.note(wamid, { number: number.id, direction: 'in', atMs: at, isReaction });
  const { waId, userId, name, username } = person;
  const from = { waId, userId, name, username };
  deps.limits.countInbound(number.id, { from, ...deps.readArrival(), wroteMs: writtenMs(message, at) });
  deps.chat.add({ type: 'inbound', number: number.id, contact: from, wamid, at, message });
  const hasContact = request.withContacts && message['type'] !== 'system';
  const contact = hasContact ? { contact: toMetaContact(person) } : {};
  const errors = request.errors === undefined ? {} : { errors: request.errors };
  return { wamid, update: { number, kind: 'messages', item: message, ...contact, ...errors } };
}

/** The number of some contacts is not their wa_id, and webhooks bear only this. */
function withWaId(request: InboundRequest, rules: ContactRules): InboundRequest {
  const waId = request.from.waId === undefined ? undefined : rules.waIdOf(request.from.waId);
  return waId === undefined ? request : { ...request, from: { ...request.from, waId } };
}

/** A new id, but for a reaction that is taken back: it has that of the reaction. */
function wamidOf(
  { from, number, message }: InboundRequest,
  person: Person,
  { ids, reactions }: InboundDeps,
): string {
  const contact = from.waId ?? from.userId ?? '';
  if (!('type' in message) || message.type !== 'reaction') return ids.inbound(contact);
  // By whichever name: it is the same person's.
  const key = `${number} ${person.waId ?? contact} ${message.wamid}`;
  const known = message.emoji ? undefined : reactions.find(key);
  const wamid = known ?? ids.inbound(contact);
  reactions.note(key, wamid);
  return wamid;
}

function movePerson(order: Move, { from }: InboundRequest, { people }: InboundDeps) {
  const person = people.meet(from);
  return order.type === 'user_changed_number'
    ? people.moveNumber(person, order.waId)
    : people.moveUserId(person, order.userId);
}

function tell(
  wamid: string,
  number: NumberSettings,
  { chat }: InboundDeps,
  resolve: (answer: WebhookAnswer) => void,
): (answer: WebhookAnswer, retryInMs?: number) => void {
  return (answer, retryInMs) => {
    const repeat = retryInMs === undefined ? {} : { retryInMs };
    chat.add({ type: 'webhook', number: number.id, wamid, ...answer, ...repeat });
    resolve(answer);
  };
}

/**
 * The time that a contact's message bears, or now where that is to come; what WhatsApp says by itself is written by nobody
 * and opens no window.
 */
function writtenMs(message: JsonObject, now: number): number | undefined {
  if (message['type'] === 'system') return undefined;
  const seconds = Number(message['timestamp']);
  return Number.isFinite(seconds) ? Math.min(seconds * 1_000, now) : now;
}

function shuffled<T>(items: readonly T[], chance: () => number): T[] {
  return items
    .map((item) => ({ item, rank: chance() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
