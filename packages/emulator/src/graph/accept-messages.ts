import { type JsonObject } from '@alur/types';
import { isRecord } from '../checks/check.ts';
import { messageType, recipientOf } from '../checks/check-message.ts';
import { UNKNOWN_MESSAGE, checkReadReceipt } from '../checks/check-read-receipt.ts';
import { type ChatLog } from '../control/chat-log.ts';
import { type AnswerFault, type FaultTarget, type Faults } from '../faults.ts';
import { type Ids } from '../ids.ts';
import { type Ledger } from '../ledger.ts';
import { limitFailure } from '../limits/limit-refusal.ts';
import { type NumberSettings } from '../options.ts';
import { type Stats, countRefusal } from '../stats.ts';
import { type TemplateName } from '../templates/template-book.ts';
import { type StatusPlanner } from '../webhooks/plan-statuses.ts';
import { type GraphAnswer, answer } from './answer-call.ts';
import { type QuotaBook } from './call-quota.ts';
import { checkProof, readToken } from './credentials.ts';
import {
  type ExamineDeps,
  type GivenMessage,
  type TakenMessage,
  addressOf,
  examineMessage,
} from './examine-message.ts';
import { answerWithFault, orderedHeaders, orderedRefusal, pause } from './fault-answer.ts';
import { type MessagesCall } from './messages-call.ts';
import { type NumberBook } from './number-book.ts';
import { parseMember, readJsonBody, withQuery } from './read-json-body.ts';
import { type Refusal, authenticateHeader, refusalBody } from './refusal.ts';

export interface AcceptDeps extends ExamineDeps {
  numbers: NumberBook;
  quota: QuotaBook;
  ids: Ids;
  ledger: Ledger;
  faults: Faults;
  statuses: StatusPlanner;
  chat: ChatLog;
  stats: Stats;
  /** Unix milliseconds with fraction, never running backwards. */
  clockMs: () => number;
}

/**
 * Answers one POST as Meta would: token, number, ordered fault, members, template, limits as they stood when it
 * arrived, acceptance, in this order.
 */
export async function acceptMessages(call: MessagesCall, deps: AcceptDeps): Promise<void> {
  const body = withQuery(await readJsonBody(call.request), call.query);
  const authorised = authorise(call, body, deps.numbers);
  if ('refusal' in authorised) return refuse(call, authorised.refusal, deps);
  const { number } = authorised;
  const type = messageType(body);
  for (const name of [type, 'context', 'typing_indicator']) {
    const member = body[name];
    if (typeof member === 'string') body[name] = parseMember(member);
  }
  if (body['status'] !== undefined) return acceptReadReceipt(call, body, number, deps);
  const template = type === 'template' ? templateOf(body) : undefined;
  const recipient = recipientOf(body);
  const to = recipient && addressOf(recipient, deps.rules);
  const target = { number: number.id, to, type, template: template?.name };
  const fault = deps.faults.takeAnswer(target);
  if (fault && (await divert(call, fault, deps))) return;
  const given: GivenMessage = { call, body, number, type, template };
  const examined = examineMessage(given, deps);
  if (fault?.kind === 'delay') await pause(fault.ms);
  if ('refusal' in examined) return refuse(call, examined.refusal, deps);
  const graph = accept({ ...given, ...examined, target }, deps);
  await answerWithFault(call, graph, fault);
}

function authorise(
  { request, query, numberId }: MessagesCall,
  body: JsonObject,
  numbers: NumberBook,
): { number: NumberSettings } | { refusal: Refusal } {
  const params = new URLSearchParams(query);
  const token = readToken(request.headers.authorization, params.get('access_token') ?? body['access_token']);
  const found = numbers.authorise(token, 'post', numberId);
  const proof = params.get('appsecret_proof') ?? body['appsecret_proof'];
  const badProof = 'number' in found ? checkProof(token ?? '', proof ?? undefined, numbers) : undefined;
  return badProof ? { refusal: badProof } : found;
}

/** Sends what an ordered fault says; false when the message still takes its course. */
async function divert(call: MessagesCall, fault: AnswerFault, deps: AcceptDeps): Promise<boolean> {
  switch (fault.kind) {
    case 'error':
      refuse(call, orderedRefusal(fault), deps, orderedHeaders(fault));
      return true;
    case 'http':
      countRefusal(deps.stats, `http_${fault.status}`);
      call.response.writeHead(fault.status, { 'content-type': 'text/html' }).end(fault.body);
      return true;
    case 'reset_before_accept':
      countRefusal(deps.stats, fault.kind);
      if (fault.ms > 0) await pause(fault.ms);
      call.request.socket.destroy();
      return true;
    default:
      return false;
  }
}

interface Accepted extends GivenMessage, TakenMessage {
  target: FaultTarget;
}

/** Enters the message, orders its receipts, and gives the answer that its sender shall get. */
function accept(accepted: Accepted, deps: AcceptDeps): GraphAnswer {
  const { call, body, to, number, target, verdict, trouble, type } = accepted;
  const { failed, hold } = verdict;
  const opaque = textOf(body, 'biz_opaque_callback_data');
  const entry = deps.ledger.add({
    at: deps.nowMs(),
    arrivedMs: call.arrivedMs,
    earliestMs: call.earliestMs,
    number: number.id,
    to,
    wamid: deps.ids.outbound(to),
    ...(opaque === undefined ? {} : { opaque }),
    type,
    tierCounted: hold !== undefined,
    body,
  });
  deps.stats.accepted += 1;
  const { at, wamid } = entry;
  deps.messages.note(wamid, {
    number: number.id,
    direction: 'out',
    atMs: at,
    isReaction: type === 'reaction',
  });
  deps.chat.add({ type: 'outbound', number: number.id, contact: to, wamid, at, message: body });
  const course = failed ? undefined : deps.faults.takeCourse(target);
  deps.statuses.plan(entry, number, {
    failure: failed ? limitFailure(failed) : (course ?? trouble),
    fault: deps.faults.takeReceipt(target),
    ...(hold ? { onEnd: (end) => (end === 'failed' ? hold.release() : hold.deliver(deps.clockMs())) } : {}),
  });
  return {
    status: 200,
    body: answerBody(accepted, wamid, course?.kind === 'held'),
    trace: deps.ids.trace(),
    headers: headersOf(number, deps),
  };
}

/** The headers that tell of the quota; sends take nothing from it. */
function headersOf({ wabaId }: NumberSettings, { ids, quota }: AcceptDeps): Record<string, string> {
  return { 'x-fb-request-id': ids.trace(), ...quota.headers(wabaId) };
}

function answerBody({ body, to, type, recipient }: Accepted, wamid: string, isHeld: boolean): string {
  const { phone, userId } = recipient;
  const named = userId === undefined ? {} : { user_id: userId };
  const input = textOf(body, phone === undefined ? 'recipient' : 'to');
  const messageStatus = isHeld ? 'held_for_quality_assessment' : 'accepted';
  return JSON.stringify({
    messaging_product: 'whatsapp',
    contacts: [phone === undefined ? { input, ...named } : { input, wa_id: to, ...named }],
    messages: [{ id: wamid, ...(type === 'template' ? { message_status: messageStatus } : {}) }],
  });
}

/** Name and language as they stand there; whether they are fit to be is checked later. */
function templateOf(body: JsonObject): TemplateName {
  const template = isRecord(body['template']) ? body['template'] : {};
  const language = isRecord(template['language']) ? template['language']['code'] : undefined;
  const { name } = template;
  return {
    name: typeof name === 'string' ? name : '',
    language: typeof language === 'string' ? language : '',
  };
}

function textOf(body: JsonObject, member: string): string | undefined {
  const value = body[member];
  return typeof value === 'string' ? value : undefined;
}

function acceptReadReceipt(
  call: MessagesCall,
  body: JsonObject,
  number: NumberSettings,
  deps: AcceptDeps,
): void {
  const wamid = textOf(body, 'message_id') ?? '';
  const known = deps.messages.find(wamid);
  const isKnown = known?.direction === 'in' && known.number === number.id;
  const unknown = isKnown || deps.strictness.targets === 'any' ? undefined : UNKNOWN_MESSAGE;
  const refusal = checkReadReceipt(body) ?? unknown;
  if (refusal) return refuse(call, refusal, deps);
  deps.stats.readReceipts += 1;
  deps.chat.add({ type: 'seen', number: number.id, wamid });
  if (body['typing_indicator']) deps.chat.add({ type: 'typing', number: number.id, wamid });
  const headers = headersOf(number, deps);
  answer(call, { status: 200, body: '{"success":true}', trace: deps.ids.trace(), headers });
}

function refuse(
  call: MessagesCall,
  refusal: Refusal,
  deps: AcceptDeps,
  headers: Record<string, string> = {},
): void {
  countRefusal(deps.stats, refusal.code);
  const trace = deps.ids.trace();
  const wabaId = deps.numbers.find(call.numberId)?.wabaId;
  answer(call, {
    status: refusal.http,
    body: refusalBody(refusal, trace),
    trace,
    headers: {
      'x-fb-request-id': deps.ids.trace(),
      ...deps.quota.headers(refusal.http === 401 ? undefined : wabaId),
      ...(refusal.http === 401 ? { 'www-authenticate': authenticateHeader(refusal) } : {}),
      ...headers,
    },
  });
}
