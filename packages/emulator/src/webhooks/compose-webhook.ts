import { type JsonObject } from '@alur/types';
import { type NumberSettings } from '../options.ts';
import { serialiseWebhook } from './serialise-webhook.ts';
import { type MessageUpdate, type Update } from './update.ts';

// Meta's own bounds.
const UPDATES_MAX = 1_000;
const BODY_BYTES_MAX = 3 * 1_024 * 1_024;

/** The bodies that tell of these updates, and whose updates each tells of: one, unless it would be larger than Meta's are. */
export function composeWebhooks(updates: readonly Update[]): { body: string; updates: readonly Update[] }[] {
  if (updates.length > UPDATES_MAX) return composeHalves(updates);
  const body = serialiseWebhook({ object: 'whatsapp_business_account', entry: entriesOf(updates) });
  // All of it is ASCII: so many characters are so many bytes.
  if (body.length <= BODY_BYTES_MAX || updates.length === 1) return [{ body, updates }];
  return composeHalves(updates);
}

function composeHalves(updates: readonly Update[]): { body: string; updates: readonly Update[] }[] {
  const half = Math.ceil(updates.length / 2);
  return [updates.slice(0, half), updates.slice(half)].flatMap((part) => composeWebhooks(part));
}

/** One entry for a WABA, with one change for each number and kind; news have an entry each, for it bears their time. */
function entriesOf(updates: readonly Update[]): JsonObject[] {
  const entries = new Map<string, Map<string, MessageUpdate[]>>();
  const news: JsonObject[] = [];
  let last: MessageUpdate[] | undefined;
  for (const update of updates) {
    if (update.kind === 'account') {
      const { number, field, value, atSeconds } = update;
      news.push({ id: number.wabaId, time: atSeconds, changes: [{ value, field }] });
      continue;
    }
    // Receipts come in long runs of one number.
    if (last?.[0]?.number.id !== update.number.id || last[0].kind !== update.kind) {
      last = groupOf(update, entries);
    }
    last.push(update);
  }
  const messages = [...entries].map(([id, changes]) => ({
    id,
    changes: [...changes.values()].map((group) => ({ value: valueOf(group), field: 'messages' })),
  }));
  return [...messages, ...news];
}

function groupOf(
  { number, kind }: MessageUpdate,
  entries: Map<string, Map<string, MessageUpdate[]>>,
): MessageUpdate[] {
  const changes = entries.get(number.wabaId) ?? new Map<string, MessageUpdate[]>();
  entries.set(number.wabaId, changes);
  const key = `${number.id} ${kind}`;
  const group = changes.get(key) ?? [];
  changes.set(key, group);
  return group;
}

function valueOf(updates: readonly MessageUpdate[]): JsonObject {
  const [first] = updates;
  if (!first) return {};
  const contacts = distinct(updates.flatMap(({ contact }) => (contact === undefined ? [] : [contact])));
  const errors = updates.flatMap((update) => update.errors ?? []);
  return {
    messaging_product: 'whatsapp',
    metadata: metadataOf(first.number),
    ...(contacts.length > 0 ? { contacts } : {}),
    [first.kind]: updates.map(({ item }) => item),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

/** Each contact once, however many of its messages travel together. */
function distinct(contacts: readonly JsonObject[]): JsonObject[] {
  if (contacts.length < 2) return [...contacts];
  return [...new Map(contacts.map((contact) => [JSON.stringify(contact), contact])).values()];
}

/** How a webhook names the number that it is about. */
export function metadataOf(number: NumberSettings): JsonObject {
  return { display_phone_number: number.displayNumber, phone_number_id: number.id };
}
