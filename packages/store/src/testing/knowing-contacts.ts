import type { ConversationId } from '@alur/types';
import { parseItem, splitItem } from '../inbox-item.ts';
import { type ContactIds, knownBy, type Place, readNames } from '../names/names.ts';
import { numberOf } from './said.ts';
import type { useStore } from './use-store.ts';

/** What tests of names look at. */
export function knowingContacts(store: ReturnType<typeof useStore>) {
  const place: Place = { shard: 0, tenant: 'default', team: 'default', number: numberOf().id };
  const textsIn = async (cid: string | undefined): Promise<string[]> => {
    const items = await store.real.lrange(store.keys.inbox(cid ?? ''), 0, -1);
    return items.map((item) => {
      const event = parseItem(splitItem(item));
      return event?.kind === 'text' ? event.text : (event?.kind ?? 'unreadable');
    });
  };
  return {
    place,
    /** The conversation that the names lead to, as the business finds it. */
    cidBy: async (ids: ContactIds): Promise<ConversationId | undefined> =>
      knownBy(await readNames(store.real, place, ids))?.cid,
    /** What waits in a conversation's inbox. */
    textsIn,
    /** Conversations in `ready`, which must be exactly those whose inbox is not empty. */
    readyAndFull: async (): Promise<{ ready: string[]; full: string[] }> => {
      const entries = await store.real.xrange(store.keys.ready, '-', '+');
      const inboxes = await store.real.keys('{s0}:inbox:*');
      return {
        ready: entries.map(([, fields]) => fields[1] ?? '').sort(),
        full: inboxes.map((key) => key.slice('{s0}:inbox:'.length)).sort(),
      };
    },
    waiting: async (): Promise<string[][]> => {
      const inboxes = (await store.real.keys('{s0}:inbox:*')).sort();
      return Promise.all(inboxes.map((key) => textsIn(key.slice('{s0}:inbox:'.length))));
    },
  };
}
