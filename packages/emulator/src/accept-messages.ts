import { setTimeout as delay } from 'node:timers/promises';
import { type JsonObject } from '@alur/types';
import { type GraphAnswer, answer, cutAnswer, dribbleAnswer } from './answer-call.ts';
import { type ChatLog } from './chat-log.ts';
import { isRecord } from './check.ts';
import { checkMessage, checkReadReceipt, messageType, recipientOf } from './check-message.ts';
import { type AnswerFault, type FaultTarget, type Faults } from './faults.ts';
import { type Ids } from './ids.ts';
import { type Ledger } from './ledger.ts';
import { limitFailure, limitRefusal } from './limits/limit-refusal.ts';
import { type Limits, type Verdict } from './limits/limits.ts';
import { type MessagesCall } from './messages-call.ts';
import { type NumberBook } from './number-book.ts';
import { type NumberSettings } from './options.ts';
import { type StatusPlanner } from './plan-statuses.ts';
import { readJsonBody } from './read-json-body.ts';
import { type Refusal, refusalBody } from './refusal.ts';
import { type Stats, countRefusal } from './stats.ts';
import { type TemplateBook } from './template-book.ts';

export interface AcceptDeps {
  numbers: NumberBook;
  templates: TemplateBook;
  limits: Limits;
  throttleHttp: 400 | 429;
  ids: Ids;
  ledger: Ledger;
  faults: Faults;
  statuses: StatusPlanner;
  chat: ChatLog;
  stats: Stats;
  nowMs: () => number;
  /** Unix milliseconds with fraction, never running backwards. */
  clockMs: () => number;
}

/**
 * Answers one POST as Meta would: token, number, ordered fault, members, template, limits as they stood when it
 * arrived, acceptance, in this order.
 */
export async function acceptMessages(call: MessagesCall, deps: AcceptDeps): Promise<void> {
  const body = await readJsonBody(call.request);
  const authorised = deps.numbers.authorise(call.request.headers.authorization, 'post', call.numberId);
  if ('refusal' in authorised) return refuse(call, authorised.refusal, deps);
  const { number } = authorised;
  if (body['status'] !== undefined) return acceptReadReceipt(call, body, number, deps);
  const type = messageType(body);
  const template = type === 'template' ? templateOf(body) : undefined;
  const target = { number: number.id, to: recipientOf(body), type, template: template?.name };
  const fault = deps.faults.takeAnswer(target);
  if (fault && (await divert(call, fault, deps))) return;
  const examined = examine({ call, body, number, template }, deps);
  if (fault?.kind === 'delay') await pause(fault.ms);
  if ('refusal' in examined) return refuse(call, examined.refusal, deps);
  const graph = accept({ call, body, number, target, ...examined }, deps);
  await answerAccepted(call, graph, fault);
}

function pause(ms: number): Promise<void> {
  return delay(ms, undefined, { ref: false });
}

/** Sends what an ordered fault says; false when the message still takes its course. */
async function divert(call: MessagesCall, fault: AnswerFault, deps: AcceptDeps): Promise<boolean> {
  switch (fault.kind) {
    case 'error':
      refuse(call, toRefusal(fault), deps, throttleHeaders(fault));
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

type ErrorFault = Extract<AnswerFault, { kind: 'error' }>;

function toRefusal({ http, code, subcode, title, message, details, isTransient }: ErrorFault): Refusal {
  return {
    http,
    code,
    ...(subcode === undefined ? {} : { subcode }),
    message: message ?? `(#${code}) ${title}`,
    ...(details === undefined ? {} : { details }),
    ...(isTransient === undefined ? {} : { isTransient }),
  };
}

function throttleHeaders({ retryAfterS, usage }: ErrorFault): Record<string, string> {
  return {
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    ...(usage?.app ? { 'x-app-usage': JSON.stringify(usage.app) } : {}),
    ...(usage?.businessUseCase ? { 'x-business-use-case-usage': JSON.stringify(usage.businessUseCase) } : {}),
  };
}

const TO_ITSELF: Refusal = {
  http: 400,
  code: 131021,
  message: '(#131021) Recipient cannot be sender',
};

interface Given {
  call: MessagesCall;
  body: JsonObject;
  number: NumberSettings;
  /** Which template, when it is one. */
  template: { name: string; language: string } | undefined;
}

/** Whether Meta would take the message; what it would not take counts for no limit. */
function examine(given: Given, deps: AcceptDeps): { to: string; verdict: Verdict } | { refusal: Refusal } {
  const { call, body, number, template } = given;
  const checked = checkMessage(body);
  if ('refusal' in checked) return checked;
  const { to } = checked;
  if (to === number.displayNumber.replace(/\D/g, '')) return { refusal: TO_ITSELF };
  const barred = template && deps.templates.refusal(number.wabaId, template);
  if (barred) return { refusal: barred };
  const verdict = deps.limits.judge(number.id, {
    to,
    isTemplate: template !== undefined,
    canBeMarketing: template !== undefined && deps.templates.canBeMarketing(number.wabaId, template.name),
    arrivedMs: call.arrivedMs,
    earliestMs: call.earliestMs,
  });
  return verdict.refused ? { refusal: limitRefusal(verdict.refused, deps.throttleHttp) } : { to, verdict };
}

interface Accepted extends Omit<Given, 'template'> {
  to: string;
  target: FaultTarget;
  verdict: Verdict;
}

/** Enters the message, orders its receipts, and gives the answer that its sender shall get. */
function accept({ call, body, to, number, target, verdict }: Accepted, deps: AcceptDeps): GraphAnswer {
  const { type } = target;
  const { failed, hold } = verdict;
  const opaque = textOf(body, 'biz_opaque_callback_data');
  const entry = deps.ledger.add({
    at: deps.nowMs(),
    arrivedMs: call.arrivedMs,
    earliestMs: call.earliestMs,
    number: number.id,
    to,
    wamid: deps.ids.outbound(),
    ...(opaque === undefined ? {} : { opaque }),
    type,
    tierCounted: hold !== undefined,
    body,
  });
  deps.stats.accepted += 1;
  const { at, wamid } = entry;
  deps.chat.add({ type: 'outbound', number: number.id, contact: to, wamid, at, message: body });
  deps.statuses.plan(entry, number, {
    failure: failed ? limitFailure(failed) : deps.faults.takeCourse(target),
    fault: deps.faults.takeReceipt(target),
    ...(hold ? { onEnd: (end) => (end === 'failed' ? hold.release() : hold.deliver(deps.clockMs())) } : {}),
  });
  return { status: 200, body: answerBody(body, to, type, wamid), trace: deps.ids.trace() };
}

async function answerAccepted(call: MessagesCall, graph: GraphAnswer, fault?: AnswerFault): Promise<void> {
  switch (fault?.kind) {
    case 'reset_after_accept':
      if (fault.ms > 0) await pause(fault.ms);
      return void call.request.socket.destroy();
    case 'cut_answer':
      return cutAnswer(call, graph);
    case 'slow_answer':
      return dribbleAnswer(call, graph, fault.ms);
    default:
      return answer(call, graph);
  }
}

function answerBody(body: JsonObject, to: string, type: string, wamid: string): string {
  const phone = textOf(body, 'to');
  return JSON.stringify({
    messaging_product: 'whatsapp',
    contacts: [phone ? { input: phone, wa_id: to } : { input: to, user_id: to }],
    messages: [{ id: wamid, ...(type === 'template' ? { message_status: 'accepted' } : {}) }],
  });
}

/** Name and language as they stand there; whether they are fit to be is checked later. */
function templateOf(body: JsonObject): { name: string; language: string } {
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
  const refusal = checkReadReceipt(body);
  if (refusal) return refuse(call, refusal, deps);
  deps.stats.readReceipts += 1;
  const wamid = textOf(body, 'message_id') ?? '';
  deps.chat.add({ type: 'seen', number: number.id, wamid });
  if (body['typing_indicator']) deps.chat.add({ type: 'typing', number: number.id, wamid });
  answer(call, { status: 200, body: '{"success":true}', trace: deps.ids.trace() });
}

function refuse(
  call: MessagesCall,
  refusal: Refusal,
  deps: AcceptDeps,
  headers: Record<string, string> = {},
): void {
  countRefusal(deps.stats, refusal.code);
  const trace = deps.ids.trace();
  if (refusal.http === 401) {
    const reason = JSON.stringify(refusal.message);
    call.response.setHeader('www-authenticate', `OAuth "Facebook Platform" "invalid_token" ${reason}`);
  }
  answer(call, { status: refusal.http, body: refusalBody(refusal, trace), trace, headers });
}
