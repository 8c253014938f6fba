import { ConversationId, MessageId } from '@alur/types';
import { z } from 'zod';
import { type Broadcast, broadcastId, type BroadcastRef, readBroadcast } from '../broadcasts/broadcast.ts';
import { addRecipients, createBroadcast } from '../broadcasts/create-broadcast.ts';
import { feedRecipients } from '../broadcasts/feed-recipients.ts';
import { readOutcomes } from '../broadcasts/outcomes.ts';
import { moveBroadcast } from '../broadcasts/turn-broadcast.ts';
import type { MessageRef } from '../message-ref.ts';
import type { SendingNumber } from '../sending-number.ts';
import { numberOf } from './said.ts';
import type { useStore } from './use-store.ts';

const TEMPLATE = {
  name: 'news',
  language: { code: 'en' },
  components: [{ type: 'body', parameters: [{ type: 'text', text: 'Hi {{name}}' }] }],
};

/** Contacts by their place in the list. */
export const waIdAt = (place: number): string => String(628_300_000_000 + place);

/** What tests of broadcasts do. */
export function broadcasting(store: ReturnType<typeof useStore>, number: SendingNumber = numberOf()) {
  const ref = (key = 'a'): BroadcastRef => ({
    shard: 0,
    tenant: 'default',
    team: 'default',
    bid: broadcastId('default', 'default', key),
  });
  const look = async (key?: string): Promise<Broadcast> => {
    const found = await readBroadcast(store.client, ref(key));
    if (!found) throw new Error('there is no such broadcast');
    return found;
  };
  const draft = async (count: number, key?: string): Promise<BroadcastRef> => {
    const plan = { name: 'News', number: number.id, template: TEMPLATE, columns: ['name'], headings: {} };
    await createBroadcast(store.client, ref(key), { ...plan, category: 'MARKETING' });
    const all = Array.from({ length: count }, (_, place) => ({ waId: waIdAt(place), values: [`N${place}`] }));
    if (count > 0) await addRecipients(store.client, ref(key), all);
    return ref(key);
  };
  const start = async (count: number, key?: string): Promise<BroadcastRef> => {
    const made = await draft(count, key);
    await moveBroadcast(store.client, made, 'start');
    return made;
  };
  return {
    ref,
    look,
    draft,
    start,
    /** By a feeder that saw the broadcast as it is now, or as `seen`. */
    feed: async (count: number, seen?: Broadcast, key?: string) =>
      feedRecipients(store.client, ref(key), { broadcast: seen ?? (await look(key)), number, count }),
    bytes: async (key?: string) => readOutcomes(store.client, ref(key), 0, (await look(key)).total),
    waiting: () => messagesWaiting(store, number),
  };
}

/** The messages in the tier queue. */
async function messagesWaiting(
  store: ReturnType<typeof useStore>,
  number: SendingNumber,
): Promise<MessageRef[]> {
  const mids = await store.client.zrange(store.keys.admitted(number.id), '0', '-1');
  const refs = mids.map(async (mid): Promise<MessageRef> => {
    const facts = Facts.parse(
      JSON.parse((await store.client.hget(store.keys.message(mid), 'facts')) ?? '{}'),
    );
    const cid = ConversationId.parse(facts.entry.slice(32));
    return { mid: MessageId.parse(mid), cid, class: 'broadcast', shard: 0, number };
  });
  return Promise.all(refs);
}

const Facts = z.object({ entry: z.string() });
