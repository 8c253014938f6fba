import { type JsonObject } from '@alur/types';
import { type Arrival } from './arrival-clock.ts';
import { type ChatLog } from './chat-log.ts';
import { type Ids } from './ids.ts';
import { type InboundRequest, toMetaContact, toMetaMessage } from './inbound-message.ts';
import { type Limits } from './limits/limits.ts';
import { type NumberSettings } from './options.ts';
import { type WebhookAnswer } from './post-webhook.ts';
import { type WebhookQueue } from './webhook-queue.ts';

export interface InboundDeps {
  ids: Ids;
  chat: ChatLog;
  queue: WebhookQueue;
  limits: Limits;
  nowMs: () => number;
  /** When what is handled now came in. */
  readArrival: () => Arrival;
}

/** The message's id and how the first POST of its webhook was answered (`status` 0: not at all, see `error`). */
export interface InboundResult extends WebhookAnswer {
  wamid: string;
}

/** Posts the webhook of one inbound message; Meta's repeats follow by themselves when it is not taken. */
export async function sendInbound(
  request: InboundRequest,
  number: NumberSettings,
  deps: InboundDeps,
): Promise<InboundResult> {
  const at = deps.nowMs();
  const { wamid, message } = toMetaMessage(request, {
    wamid: deps.ids.inbound(),
    atSeconds: request.timestamp ?? Math.floor(at / 1000),
    businessNumber: number.displayNumber.replace(/\D/g, ''),
  });
  const { from } = request;
  deps.limits.countInbound(number.id, { from, ...deps.readArrival(), wroteMs: writtenMs(message, at) });
  deps.chat.add({ type: 'inbound', number: number.id, contact: from, wamid, at, message });
  const update = {
    number,
    kind: 'messages' as const,
    item: message,
    contact: toMetaContact(from),
  };
  const first = await new Promise<WebhookAnswer>((resolve) => {
    const onAnswer = (answer: WebhookAnswer, retryInMs?: number) => {
      deps.chat.add({
        type: 'webhook',
        number: number.id,
        wamid,
        ...answer,
        ...(retryInMs === undefined ? {} : { retryInMs }),
      });
      resolve(answer);
    };
    deps.queue.add({ ...update, onAnswer });
    for (let copy = 0; copy < request.duplicate; copy += 1) deps.queue.add(update);
  });
  return { wamid, ...first };
}

/** The time that a contact's message bears; what WhatsApp says by itself is written by nobody and opens no window. */
function writtenMs(message: JsonObject, now: number): number | undefined {
  if (message['type'] === 'system') return undefined;
  const seconds = Number(message['timestamp']);
  return Number.isFinite(seconds) ? seconds * 1_000 : now;
}
