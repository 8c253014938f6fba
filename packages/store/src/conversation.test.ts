import { ConversationId, hash } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { findConversation, isHandedOff, readConversation } from './conversation.ts';
import { numberOf } from './testing/said.ts';
import { takingTurns } from './testing/taking-turns.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const { accept, first, take } = takingTurns(store);
const number = numberOf();
const find = (contact: { waId?: string; userId?: string }) =>
  findConversation(store.real, 0, number.id, contact);

describe('findConversation()', () => {
  test('finds the conversation of a contact by either name', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '15550001', userId: 'US.1' }));
    const { cid } = await first();
    expect(await find({ waId: '15550001' })).toBe(cid);
    expect(await find({ userId: 'US.1' })).toBe(cid);
    expect(await find({ userId: 'US.2', waId: '15550001' })).toBe(cid);
  });

  test('makes none for a contact that it does not know', async () => {
    expect(await find({ waId: '15550001' })).toBeUndefined();
    expect(await find({})).toBeUndefined();
    expect(await store.real.dbsize()).toBe(0);
  });
});

describe('readConversation()', () => {
  test('tells where a conversation stands after its last turn', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '15550001', at: 1_000 + Math.floor(Date.now() / 1_000) }));
    const entry = await first();
    expect(await readConversation(store.real, 0, entry.cid)).toBeUndefined();
    const contact = { waId: '15550001', name: 'Ada', tags: ['vip'] };
    await take(entry, { contact, lastMessageTime: 77 });
    expect(await readConversation(store.real, 0, entry.cid)).toEqual({
      session: { state: { n: 1 }, epoch: 0 },
      contact,
      lastMessageTime: 77,
    });
    expect(await readConversation(store.real, 0, ConversationId.parse(hash('c')))).toBeUndefined();
  });
});

describe('isHandedOff()', () => {
  test('tells whether people have the conversation', async () => {
    await accept(textEvent({ wamid: 'w1', waId: '1' }), textEvent({ wamid: 'w2', waId: '1' }));
    const entry = await first();
    const wait = { flows: 'f', flow: 'a', node: 'n', input: {}, outputs: {}, callers: [], tries: {} };
    expect(await isHandedOff(store.real, 0, entry.cid)).toBe(false);
    await take(entry, { session: { state: {}, epoch: 1, wait: { ...wait, for: 'release' } } });
    expect(await isHandedOff(store.real, 0, entry.cid)).toBe(true);
    await take(entry, { session: { state: {}, epoch: 2, wait: { ...wait, for: 'message' } } });
    expect(await isHandedOff(store.real, 0, entry.cid)).toBe(false);
  });
});
