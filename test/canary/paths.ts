import { createBodies } from '../../packages/whatsapp/src/testing/webhook-bodies.ts';
import { CONTACT, messageFrame } from '../../packages/whatsapp/src/testing/frame.ts';
import { INBOUND_PAYLOADS } from '../../packages/whatsapp/src/testing/payloads.ts';
import { messagesChange, metaJson, postWebhook, webhook } from '../support/meta.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { PERSONAL, SECRETS } from './canaries.ts';
import type { Evidence } from './evidence.ts';

// Ways through the system, each with canaries wherever somebody could have written something.

export interface Stage {
  pipeline: Pipeline;
  evidence: Evidence;
}

let count = 0;
const seconds = () => String(Math.floor(Date.now() / 1_000));

/** Posts a body as Meta does; what comes back may hold nothing. */
async function post(
  { pipeline, evidence }: Stage,
  body: string,
  auth: { secret: string } | { signature: string | undefined } = { secret: SECRETS.app_secret },
): Promise<number> {
  const answer = await postWebhook(pipeline.webhookUrl, body, auth);
  evidence.look(`the answer to a webhook (${answer.status})`, answer.body);
  return answer.status;
}

/** A contact says a text: the person of the canaries, or another one for whom limits count anew. */
export async function say(stage: Stage, text: string, from: string = PERSONAL.phone): Promise<string> {
  count += 1;
  const id = `wamid.canary${count}`;
  const { number } = stage.pipeline;
  const content = { type: 'text', text: { body: text } };
  const message = { number: number.id, from, id, name: PERSONAL.name, content };
  await post(stage, metaJson(webhook(messagesChange(number.id, [message]))));
  return id;
}

/** Every kind of message, with canaries in each text of it. */
export async function sayEveryKind(stage: Stage): Promise<void> {
  const { number } = stage.pipeline;
  for (const [index, { message }] of INBOUND_PAYLOADS.entries()) {
    const id = `wamid.kind${index}`;
    const raw = plant({ ...messageFrame(id), ...message, timestamp: seconds() });
    const contacts = [{ profile: { name: PERSONAL.name }, wa_id: PERSONAL.phone, user_id: PERSONAL.user_id }];
    const metadata = { display_phone_number: '15550783881', phone_number_id: number.id };
    const value = { messaging_product: 'whatsapp', metadata, contacts, messages: [raw] };
    await post(stage, metaJson(webhook({ field: 'messages', value })));
  }
}

const TEXTS: Readonly<Record<string, string>> = {
  ...{ body: PERSONAL.text, text: PERSONAL.text, title: PERSONAL.title, caption: PERSONAL.caption },
  ...{
    name: PERSONAL.place,
    address: PERSONAL.place,
    filename: PERSONAL.caption,
    description: PERSONAL.text,
  },
  ...{ formatted_name: PERSONAL.name, first_name: PERSONAL.name, phone: PERSONAL.phone_of_card },
  ...{ wa_id: PERSONAL.phone, from: PERSONAL.phone, from_user_id: PERSONAL.user_id, payload: PERSONAL.title },
};

/** The same value with canaries in place of what people or programs of theirs chose. */
function plant(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plant);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' ? (TEXTS[key] ?? member) : plant(member),
    ]),
  );
}

/** Bodies that are bent in places, and what is no body at all. */
export async function sendBentBodies(stage: Stage, bodies: number): Promise<void> {
  const { number } = stage.pipeline;
  const at = Math.floor(Date.now() / 1_000);
  const account = { number: number.id, wabaId: '200000000000001', displayNumber: '15550783881', at };
  const next = createBodies(7, account);
  for (let index = 0; index < bodies; index += 1) {
    const text = next()
      .body.toString()
      .replaceAll(CONTACT.waId, PERSONAL.phone)
      .replaceAll(CONTACT.userId, PERSONAL.user_id)
      .replaceAll('"Ana"', JSON.stringify(PERSONAL.name))
      .replaceAll(
        /"(body|title|caption)":"[^"]*"/g,
        (_all, key: string) => `"${key}":${JSON.stringify(TEXTS[key])}`,
      );
    await post(stage, text);
  }
  const personal = Object.values(PERSONAL).join(' ');
  for (const body of [
    `{"object": "${personal}`,
    personal,
    JSON.stringify({ object: personal }),
    '',
    'null',
  ]) {
    await post(stage, body);
    await post(stage, body, { signature: `sha256=${'0'.repeat(64)}` });
    await post(stage, body, { signature: undefined });
    await post(stage, body, { signature: SECRETS.app_secret });
  }
}

/** What Meta says of messages: failures with people's data in their texts. */
export async function reportFailures(stage: Stage, codes: readonly number[]): Promise<void> {
  const { pipeline } = stage;
  for (const [index, code] of codes.entries()) {
    const entry = pipeline.emulator.ledger().at(-1 - index);
    const details = `${PERSONAL.meta_text} ${PERSONAL.phone} ${SECRETS.access_token}`;
    const errors = [{ code, title: details, message: details, error_data: { details }, href: details }];
    const status = {
      id: entry?.wamid ?? 'wamid.unknown',
      status: 'failed',
      timestamp: seconds(),
      recipient_id: PERSONAL.phone,
      ...(index % 2 === 0 && { biz_opaque_callback_data: entry?.opaque ?? '' }),
      errors,
    };
    const metadata = { display_phone_number: '15550783881', phone_number_id: pipeline.number.id };
    const value = { messaging_product: 'whatsapp', metadata, statuses: [status] };
    await post(stage, metaJson(webhook({ field: 'messages', value })));
  }
}

/** Calls of the API, good and bad; what is refused may repeat nothing of it. */
export async function callApi(stage: Stage): Promise<void> {
  const { pipeline, evidence } = stage;
  const to = { wa_id: PERSONAL.phone, name: PERSONAL.name };
  const event = {
    to,
    event_type: 'gift.sent',
    input: { gift: PERSONAL.input },
    idempotency_key: PERSONAL.idempotency_key,
  };
  const message = { to: { wa_id: PERSONAL.phone }, message: { kind: 'text', text: PERSONAL.text } };
  const odd = [
    event,
    event,
    message,
    { ...event, to: { wa_id: PERSONAL.text } },
    { ...event, to: { wa_id: PERSONAL.phone_written } },
    { ...event, to: { wa_id: PERSONAL.phone_local } },
    { ...event, to: { user_id: PERSONAL.text } },
    { ...event, input: PERSONAL.input },
    { ...event, event_type: { text: PERSONAL.text } },
    { ...event, idempotency_key: PERSONAL.text.repeat(20) },
    { ...event, phone_number_id: PERSONAL.phone },
    { ...message, message: { kind: PERSONAL.text } },
    { ...message, message: { kind: 'text', text: PERSONAL.text.repeat(200) } },
    { to: PERSONAL.phone },
    PERSONAL.text,
    [PERSONAL.text],
  ];
  const bodies = [...odd.map((body) => JSON.stringify(body)), `{"to": ${PERSONAL.text}`, PERSONAL.text];
  for (const path of [
    'events',
    'messages',
    'release',
    'opt-outs',
    'contacts/export',
    'contacts/erase',
    'broadcasts',
  ]) {
    for (const body of bodies) await call(stage, { method: 'POST', path, body });
  }
  const names = [PERSONAL.phone, encodeURIComponent(PERSONAL.text), '../../x', 'f'.repeat(32)];
  for (const path of ['messages', 'conversations', 'contacts', 'media', 'broadcasts']) {
    for (const name of names)
      await call(stage, {
        method: 'GET',
        path: `${path}/${name}?after=${encodeURIComponent(PERSONAL.text)}`,
      });
  }
  await call(stage, {
    method: 'POST',
    path: 'events',
    body: JSON.stringify(event),
    key: `${SECRETS.api_key}x`,
  });
  await call(stage, { method: 'GET', path: 'openapi.json' });
  const half = `http://127.0.0.1:${new URL(pipeline.apiUrl).port}/%E0%A4%A/${encodeURIComponent(PERSONAL.text)}`;
  const answer = await fetch(half, { headers: { authorization: `Bearer ${SECRETS.api_key}` } });
  evidence.look(`the answer to an address that cannot be read (${answer.status})`, await answer.text());
}

/** A broadcast from a file with canaries in its cells, some of them in lines that cannot be used. */
export async function broadcast(stage: Stage): Promise<void> {
  const { evidence } = stage;
  const { parameter, phone, name, text } = PERSONAL;
  const parameters = [{ type: 'text', text: '{{gift}}' }];
  const template = { name: 'canary', language: 'en', components: [{ type: 'body', parameters }] };
  const columns = { wa_id: 'Phone', gift: 'Gift' };
  const made = await send(
    stage,
    'broadcasts',
    JSON.stringify({ name: 'sale', template, columns }),
    'application/json',
  );
  const [, bid = 'f'.repeat(32)] = /"id":"([0-9a-z]+)"/.exec(made) ?? [];
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const lines = [
    `${phone},${quoted(parameter)}`,
    `${quoted(name)},${quoted(parameter)}`,
    `6281298761,${quoted(text)},7`,
  ];
  const csv = `Phone,Gift\n${lines.join('\n')}\n"${text}`;
  for (const path of [`broadcasts/${bid}/recipients?strict=true`, `broadcasts/${bid}/recipients`]) {
    evidence.look('the answer to recipients', await send(stage, path, csv, 'text/csv'));
  }
  evidence.look(
    'the answer to an import',
    await send(stage, 'opt-outs/import', `wa_id\n${lines.join('\n')}`, 'text/csv'),
  );
  for (const word of ['check', 'start', 'pause', 'resume']) {
    evidence.look(
      `the answer to ${word}`,
      await send(stage, `broadcasts/${bid}/${word}`, '{}', 'application/json'),
    );
  }
  await call(stage, { method: 'GET', path: `broadcasts/${bid}/report` });
  await call(stage, { method: 'GET', path: `broadcasts/${bid}` });
}

async function send({ pipeline }: Stage, path: string, body: string, type: string): Promise<string> {
  const headers = { authorization: `Bearer ${SECRETS.api_key}`, 'content-type': type };
  const response = await fetch(`${pipeline.apiUrl}/${path}`, { method: 'POST', headers, body });
  return response.text();
}

interface Call {
  method: string;
  path: string;
  body?: string;
  key?: string;
}

async function call(
  { pipeline, evidence }: Stage,
  { method, path, body, key = SECRETS.api_key }: Call,
): Promise<void> {
  const response = await fetch(`${pipeline.apiUrl}/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
  });
  const holds = response.status < 400 ? 'people' : 'nothing';
  evidence.look(
    `the answer to ${method} ${path.split('/')[0] ?? ''} (${response.status})`,
    await response.text(),
    holds,
  );
}

/** What stands on the ops ports of every process. */
export async function lookAtOps({ pipeline, evidence }: Stage): Promise<void> {
  for (const [name, service] of pipeline.services) {
    if (!service.running()) continue;
    for (const page of ['metrics', 'healthz', 'readyz', 'nothing']) {
      const text = await fetch(`${service.opsUrl}/${page}`).then(
        (response) => response.text(),
        () => '',
      );
      evidence.look(`${page} of ${name}`, text);
    }
  }
}
