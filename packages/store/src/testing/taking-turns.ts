import { type EventId, type InboundEvent, messageId, timerEventId } from '@alur/types';
import type { Commit, CommitResult, Timer } from '../commit.ts';
import { parseItem } from '../inbox-item.ts';
import { createIntake } from '../intake.ts';
import { createReadyReader, type ReadyEntry, type ReadyReader } from '../ready.ts';
import type { NewMessage } from '../record.ts';
import { createTurns, type Loaded, type Turns } from '../turns.ts';
import { numberOf, text } from './said.ts';
import type { useStore } from './use-store.ts';

const number = numberOf();

/** What a flow-runner does with a conversation, in steps that a test calls one by one. By Redis's clock, or by the test's. */
export function takingTurns(store: ReturnType<typeof useStore>, by: 'real' | 'client' = 'real') {
  const turns = (): Turns => createTurns(store[by]);
  const reader = (consumer = 'a'): ReadyReader =>
    createReadyReader({ client: store.real, blocking: store.real, shard: 0, consumer });
  const intake = () => createIntake({ client: store[by], shards: 1, wishOf: () => undefined });
  const first = async (): Promise<ReadyEntry> => {
    const [entry] = await reader().read(1, 10);
    if (!entry) throw new Error('nothing is ready');
    return entry;
  };
  const loadedOf = async (entry: ReadyEntry): Promise<Loaded> => {
    const loaded = await turns().load(entry);
    if (!loaded) throw new Error('the inbox is empty');
    return loaded;
  };
  return {
    turns,
    reader,
    intake,
    first,
    loadedOf,
    accept: (...events: InboundEvent[]) => intake().accept(events),
    ready: () => store.real.xlen(store.keys.ready),
    /** Takes the head of the inbox through a turn that comes to `more`. */
    take: async (entry: ReadyEntry, more: Partial<Commit> = {}): Promise<CommitResult> =>
      turns().commit(commitOf(entry, await loadedOf(entry), { messages: [], ...more })),
    /** The event at the head of the inbox. */
    headOf: async (entry: ReadyEntry): Promise<InboundEvent | undefined> => {
      const loaded = await turns().load(entry);
      return loaded && parseItem(loaded.item);
    },
  };
}

export function commitOf(entry: ReadyEntry, loaded: Loaded, more: Partial<Commit> = {}): Commit {
  const event = parseItem(loaded.item);
  if (!event) throw new Error('not an event');
  return {
    entry,
    evt: event.evt,
    version: loaded.version,
    session: { state: { n: loaded.version + 1 }, epoch: 0 },
    contact: loaded.contact,
    lastMessageTime: event.at,
    number,
    at: event.at,
    wishes: [],
    messages: [replyTo(event.evt, entry, 0)],
    ...more,
  };
}

export function replyTo(evt: EventId, { cid }: ReadyEntry, index: number): NewMessage {
  const mid = messageId(evt, 'flow', 0, index);
  return {
    data: { mid, cid, class: 'reply', tenant: 'default', team: 'default', number: number.id, evt },
    body: { to: { waId: '15550001' }, message: text },
    retryOnRateLimit: false,
  };
}

/** The timer of a conversation's wait, due at a time in Unix s. */
export function timerAt({ cid }: Pick<ReadyEntry, 'cid'>, at: number, epoch = 1): Timer {
  const own = { tenant: 'default', team: 'default', number: number.id, from: { waId: '15550001' } };
  const evt = timerEventId(cid, 'ask', epoch);
  return { at, event: { kind: 'timer', evt, epoch, at: 0, receivedAtMs: 0, ...own } };
}
