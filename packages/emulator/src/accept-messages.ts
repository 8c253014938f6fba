import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type JsonObject } from '@alur/types';
import { type ChatLog } from './chat-log.ts';
import { checkMessage, checkReadReceipt, messageType, recipientOf } from './check-message.ts';
import { type Fault, type Faults } from './faults.ts';
import { type Ids } from './ids.ts';
import { type Ledger } from './ledger.ts';
import { type NumberBook } from './number-book.ts';
import { type EmulatedNumber } from './options.ts';
import { type StatusPlanner } from './plan-statuses.ts';
import { readJsonBody } from './read-json-body.ts';
import { type Refusal, refusalBody } from './refusal.ts';
import { type Stats, countRefusal } from './stats.ts';

export interface AcceptDeps {
  numbers: NumberBook;
  ids: Ids;
  ledger: Ledger;
  faults: Faults;
  statuses: StatusPlanner;
  chat: ChatLog;
  stats: Stats;
  nowMs: () => number;
}

/** One POST to `/{version}/{number}/messages`, as far as the path tells. */
export interface MessagesCall {
  version: string;
  numberId: string;
  request: IncomingMessage;
  response: ServerResponse;
}

const PATH = /^\/(v\d+\.\d+)\/([^/?]+)\/messages\/?(?:\?|$)/;

/** The call that a request is, or nothing when it is another one. */
export function matchMessagesCall(
  request: IncomingMessage,
  response: ServerResponse,
): MessagesCall | undefined {
  const match = request.method === 'POST' ? PATH.exec(request.url ?? '') : null;
  const [, version, numberId] = match ?? [];
  return version && numberId ? { version, numberId, request, response } : undefined;
}

/** Answers one POST as Meta would: token, number, ordered fault, members and limits, acceptance, in this order. */
export async function acceptMessages(call: MessagesCall, deps: AcceptDeps): Promise<void> {
  const body = await readJsonBody(call.request);
  const authorised = deps.numbers.authorise(call.request.headers.authorization, 'post', call.numberId);
  if ('refusal' in authorised) return refuse(call, authorised.refusal, deps);
  const { number } = authorised;
  if (body['status'] !== undefined) return acceptReadReceipt(call, body, number, deps);
  const fault = deps.faults.take(number.id, recipientOf(body));
  if (fault && (await divert(call, fault, deps))) return;
  const checked = checkMessage(body);
  if ('refusal' in checked) return refuse(call, checked.refusal, deps);
  const { to } = checked;
  if (to === number.displayNumber.replace(/\D/g, '')) return refuse(call, TO_ITSELF, deps);
  accept({ call, body, to, number }, deps, fault);
}

/** Sends what an ordered fault says; false when the message still takes its course. */
async function divert(call: MessagesCall, fault: Fault, deps: AcceptDeps): Promise<boolean> {
  switch (fault.kind) {
    case 'error': {
      const { http, code, title, details } = fault;
      refuse(call, { http, code, message: `(#${code}) ${title}`, ...(details ? { details } : {}) }, deps);
      return true;
    }
    case 'http':
      countRefusal(deps.stats, `http_${fault.status}`);
      call.response.writeHead(fault.status, { 'content-type': 'text/html' }).end(fault.body);
      return true;
    case 'reset_before_accept':
      countRefusal(deps.stats, fault.kind);
      call.request.socket.destroy();
      return true;
    case 'delay':
      await delay(fault.ms, undefined, { ref: false });
      return false;
    case 'reset_after_accept':
    case 'failed_status':
      return false;
  }
}

const TO_ITSELF: Refusal = {
  http: 400,
  code: 131021,
  message: '(#131021) Recipient cannot be sender',
};

interface Accepted {
  call: MessagesCall;
  body: JsonObject;
  to: string;
  number: EmulatedNumber;
}

function accept({ call, body, to, number }: Accepted, deps: AcceptDeps, fault: Fault | undefined): void {
  const opaque = textOf(body, 'biz_opaque_callback_data');
  const entry = deps.ledger.add({
    at: deps.nowMs(),
    number: number.id,
    to,
    wamid: deps.ids.outbound(),
    ...(opaque === undefined ? {} : { opaque }),
    type: messageType(body),
    body,
  });
  deps.stats.accepted += 1;
  const { at, wamid } = entry;
  deps.chat.add({ type: 'outbound', number: number.id, contact: to, wamid, at, message: body });
  deps.statuses.plan(entry, number, fault?.kind === 'failed_status' ? fault : undefined);
  if (fault?.kind === 'reset_after_accept') return void call.request.socket.destroy();
  answer(call, 200, answerBody(body, to, entry.type, wamid), deps.ids.trace());
}

function answerBody(body: JsonObject, to: string, type: string, wamid: string): string {
  const phone = textOf(body, 'to');
  return JSON.stringify({
    messaging_product: 'whatsapp',
    contacts: [phone ? { input: phone, wa_id: to } : { input: to, user_id: to }],
    messages: [{ id: wamid, ...(type === 'template' ? { message_status: 'accepted' } : {}) }],
  });
}

function textOf(body: JsonObject, member: string): string | undefined {
  const value = body[member];
  return typeof value === 'string' ? value : undefined;
}

function acceptReadReceipt(
  call: MessagesCall,
  body: JsonObject,
  number: EmulatedNumber,
  deps: AcceptDeps,
): void {
  const refusal = checkReadReceipt(body);
  if (refusal) return refuse(call, refusal, deps);
  deps.stats.readReceipts += 1;
  const wamid = textOf(body, 'message_id') ?? '';
  deps.chat.add({ type: 'seen', number: number.id, wamid });
  if (body['typing_indicator']) deps.chat.add({ type: 'typing', number: number.id, wamid });
  answer(call, 200, '{"success":true}', deps.ids.trace());
}

function refuse(call: MessagesCall, refusal: Refusal, deps: AcceptDeps): void {
  countRefusal(deps.stats, refusal.code);
  const trace = deps.ids.trace();
  if (refusal.http === 401) {
    const reason = JSON.stringify(refusal.message);
    call.response.setHeader('www-authenticate', `OAuth "Facebook Platform" "invalid_token" ${reason}`);
  }
  answer(call, refusal.http, refusalBody(refusal, trace), trace);
}

function answer(call: MessagesCall, status: number, body: string, trace: string): void {
  call.response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    'facebook-api-version': call.version,
    'x-fb-trace-id': trace,
  });
  call.response.end(body);
}
