import { EventId, hash, type InboundEvent } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../../test/support/events.ts';
import { findConversation, readConversation } from '../conversation.ts';
import { enqueue, openConversation } from '../enqueue.ts';
import { createIntake } from '../intake.ts';
import { contactHashes } from '../keys.ts';
import { type ContactMove, moveContact } from './move-contact.ts';
import { parseItem } from '../inbox-item.ts';
import { readContact } from '../read-contact.ts';
import { fire } from '../timers.ts';
import { knowingContacts } from '../testing/knowing-contacts.ts';
import { messageOf, numberOf, refOf } from '../testing/said.ts';
import { takingTurns, timerAt } from '../testing/taking-turns.ts';
import { useStore } from '../testing/use-store.ts';
import { setWish } from '../wishes.ts';

const store = useStore();
const { accept, first, take, loadedOf } = takingTurns(store);
const { place, cidBy, textsIn, readyAndFull, waiting } = knowingContacts(store);
const NOW_S = Math.floor(Date.now() / 1_000);
const number = numberOf();

const OLD = { waId: '15550001' };
const NEW = { waId: '15550002' };
const THIRD = { waId: '15550003' };

function said(text: string, ids: { waId?: string; userId?: string }, agoS = 0) {
  return textEvent({ wamid: `wamid.${text}`, text, at: NOW_S - agoS, ...ids });
}

/** What another system tells of a contact now. */
function told(ids: { waId?: string; userId?: string }): InboundEvent {
  const own = { tenant: 'default', team: 'default', number: number.id };
  const evt = EventId.parse(hash('api', JSON.stringify(ids)));
  return { kind: 'event', evt, ...own, at: NOW_S, receivedAtMs: 0, from: ids, eventType: 'paid', input: {} };
}

const move = (was: ContactMove['was'], is: ContactMove['is'], agoS = 50, more = {}) =>
  moveContact(store.real, place, { at: NOW_S - agoS, was, is }, more);

/** A contact who wrote by the old number, and had a turn. */
async function known(ids: { waId?: string; userId?: string } = OLD) {
  await accept(said('before', ids, 100));
  const entry = await first();
  await take(entry, { contact: { ...ids, tags: ['vip'] } });
  return entry.cid;
}

describe('moveContact()', () => {
  test('finds the conversation by the new number, and gives the next owner of the old one another', async () => {
    const cid = await known();
    await move(OLD, NEW);
    await accept(said('from new', NEW), said('from stranger', OLD));
    expect(await cidBy(NEW)).toBe(cid);
    expect(await cidBy(OLD)).not.toBe(cid);
    expect(await textsIn(cid)).toEqual(['from new']);
    expect(await readContact(store.real, 0, cid)).toMatchObject({ ...NEW, tags: ['vip'] });
  });

  test('is right for a process that had cached the old number', async () => {
    const cid = await known();
    const cached = createIntake({ client: store.real, shards: 1, wishOf: () => undefined });
    await cached.accept([said('cached', OLD, 60)]);
    await move(OLD, NEW);
    await cached.accept([said('from stranger', OLD, 1), said('stranger again', OLD)]);
    expect(await textsIn(cid)).toEqual(['cached']);
    expect(await waiting()).toContainEqual(['from stranger', 'stranger again']);
  });

  test('takes a message that was sent before and comes after to whom it is from, and the answer to the new number', async () => {
    const cid = await known();
    await move(OLD, NEW);
    await accept(said('late', OLD, 60), said('from stranger', OLD), said('later', OLD, 55));
    expect(await textsIn(cid)).toEqual(['late', 'later']);
    expect(await cidBy(OLD)).not.toBe(cid);
    const loaded = await loadedOf(await first());
    expect(loaded.contact).toMatchObject(NEW);
    expect(parseItem(loaded.item)?.from).toMatchObject(NEW);
  });

  test('goes on where the contact wrote from the new number before anybody knew', async () => {
    const cid = await known();
    await accept(said('early', NEW, 40));
    expect(await cidBy(NEW)).not.toBe(cid);
    await move(OLD, NEW, 50);
    expect(await cidBy(NEW)).toBe(cid);
    expect(await waiting()).toEqual([['early']]);
    const { ready, full } = await readyAndFull();
    expect(ready).toEqual(full);
  });

  test('takes the new number from who had it before, whose session stays their own', async () => {
    const cid = await known();
    await accept(said('former', { ...NEW, userId: 'US.F' }, 200_000));
    const former = await first();
    await take(former, { contact: { ...NEW, userId: 'US.F', tags: [] } });
    await move(OLD, NEW, 50);
    await accept(said('from new', NEW), said('former late', NEW, 180_000));
    await accept(said('former again', { userId: 'US.F' }));
    expect(await cidBy(NEW)).toBe(cid);
    expect(await textsIn(cid)).toEqual(['from new']);
    expect(await textsIn(former.cid)).toEqual(['former late', 'former again']);
    expect(await readContact(store.real, 0, former.cid)).toMatchObject({ userId: 'US.F', waId: undefined });
  });

  test.each([
    ['in order', [0, 1]],
    ['the later first', [1, 0]],
    ['each twice', [0, 1, 0, 1]],
    ['each twice, the later first', [1, 0, 1, 0]],
  ])('comes to the same with two moves, %s', async (_, order) => {
    const cid = await known();
    const moves = [() => move(OLD, NEW, 50), () => move(NEW, THIRD, 30)];
    for (const index of order) await moves[index]?.();
    expect([await cidBy(THIRD)]).toEqual([cid]);
    expect(await readContact(store.real, 0, cid)).toMatchObject(THIRD);
    await accept(
      said('1', OLD, 60),
      said('2', NEW, 40),
      said('3', THIRD, 10),
      said('x', OLD),
      said('y', NEW),
    );
    expect(await textsIn(cid)).toEqual(['1', '2', '3']);
    expect(await waiting()).toHaveLength(3);
  });

  test('changes nothing when it is repeated', async () => {
    await known();
    await move(OLD, NEW);
    await accept(said('stranger', OLD), said('again', { ...NEW, userId: 'US.2' }));
    const before = await store.dump('conv', 'alias', 'inbox', 'ready', 'optouts');
    await move(OLD, NEW);
    expect(await store.dump('conv', 'alias', 'inbox', 'ready', 'optouts')).toEqual(before);
  });

  test('comes back to a number that was left', async () => {
    const cid = await known();
    await move(OLD, NEW, 50);
    await move(NEW, OLD, 30);
    await accept(said('back', OLD), said('stranger', NEW));
    expect(await textsIn(cid)).toEqual(['back']);
    expect(await readContact(store.real, 0, cid)).toMatchObject(OLD);
  });

  test('moves a user id, and still knows the old one', async () => {
    const cid = await known({ ...OLD, userId: 'US.1' });
    await move({ ...OLD, userId: 'US.1' }, { userId: 'US.2' });
    await accept(said('1', { userId: 'US.1' }, 60), said('2', { userId: 'US.2' }), said('3', OLD));
    expect(await textsIn(cid)).toEqual(['1', '2', '3']);
    expect(await readContact(store.real, 0, cid)).toMatchObject({ ...OLD, userId: 'US.2' });
  });

  test('keeps the conversation when the new user id is told with the next message only', async () => {
    const cid = await known({ ...OLD, userId: 'US.1' });
    await move(OLD, NEW);
    await accept(said('1', { ...NEW, userId: 'US.2' }));
    expect(await cidBy({ userId: 'US.2' })).toBe(cid);
  });

  test('joins the two that the old ids lead to', async () => {
    const cid = await known({ userId: 'US.1' });
    await accept(said('by number', OLD, 90));
    await move({ ...OLD, userId: 'US.1' }, NEW);
    expect([await cidBy(NEW), await cidBy({ userId: 'US.1' })]).toEqual([cid, cid]);
    expect(await textsIn(cid)).toEqual(['by number']);
  });

  test('does nothing of a stranger at another number of the business, and remembers it at its own', async () => {
    expect(await move(OLD, NEW, 50, { onlyKnown: true })).toBeUndefined();
    expect(await store.real.keys('*')).toEqual([]);
    const cid = await move(OLD, NEW, 50);
    await accept(said('x', NEW));
    expect(await textsIn(cid ?? '')).toEqual(['x']);
  });

  test('leaves what belongs to the next owner, who was heard before the move', async () => {
    await accept(said('stranger', OLD, 10));
    const stranger = await cidBy(OLD);
    const cid = await move(OLD, NEW, 50);
    expect(await cidBy(OLD)).toBe(stranger);
    expect(cid).not.toBe(stranger);
  });
});

describe('moveContact() and what is under way', () => {
  test('sends what is queued to the new number', async () => {
    const cid = await known();
    const message = messageOf({ name: 'm', contact: OLD.waId });
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid } }]);
    await move(OLD, NEW);
    const ref = { ...refOf({ name: 'm' }), cid };
    expect(await store.claim(ref)).toMatchObject({ kind: 'go', body: { to: NEW } });
    const facts = JSON.parse((await store.record(ref))['facts'] ?? '');
    expect(facts.who).toEqual(contactHashes('default', NEW));
  });

  test('sends nothing to a number that another contact has now', async () => {
    await known();
    await accept(said('former', NEW, 200_000));
    const former = await first();
    await take(former, { contact: { ...NEW, tags: [] } });
    const message = messageOf({ name: 'm', contact: NEW.waId });
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid: former.cid } }]);
    await move(OLD, NEW);
    const ref = { ...refOf({ name: 'm' }), cid: former.cid };
    expect(await store.claim(ref)).toMatchObject({ kind: 'ended', reason: 'bad_recipient' });
  });

  test('keeps the run that waits, and its timer speaks of the new number', async () => {
    const cid = await known();
    await accept(said('ask', OLD, 60));
    const entry = await first();
    await take(entry, { timer: timerAt(entry, NOW_S - 1), contact: { ...OLD, tags: [] } });
    await move(OLD, NEW);
    await fire(store.real, 0, 10);
    const loaded = await loadedOf(await first());
    expect(parseItem(loaded.item)).toMatchObject({ kind: 'timer', from: NEW });
    expect((await readConversation(store.real, 0, cid))?.session.state).toEqual({ n: 2 });
  });

  test('survives a turn that began with the old number', async () => {
    const cid = await known();
    await accept(said('1', OLD, 60), said('2', OLD, 59));
    const entry = await first();
    const loaded = await loadedOf(entry);
    await move(OLD, NEW);
    const result = await take(entry, { contact: { ...loaded.contact, ...OLD } });
    if (result.kind !== 'ok' || !result.next) throw new Error('nothing follows');
    expect(parseItem(result.next)?.from).toMatchObject(NEW);
    expect(await readContact(store.real, 0, cid)).toMatchObject(NEW);
  });

  test('takes what systems say under the old number to the contact, until its next owner is heard', async () => {
    const cid = await known();
    await move(OLD, NEW);
    await accept(told(OLD));
    expect(await textsIn(cid)).toEqual(['event']);
    expect(await findConversation(store.real, 0, number.id, OLD)).toBe(cid);
    expect(await openConversation(store.real, 0, number, OLD)).toBe(cid);
    await accept(said('stranger', OLD));
    expect(await findConversation(store.real, 0, number.id, OLD)).not.toBe(cid);
    expect(await openConversation(store.real, 0, number, OLD)).toBe(await cidBy(OLD));
  });
});

describe('moveContact() and wishes', () => {
  const wish = (contact: { waId: string }, change: 'out' | 'in', agoS: number) =>
    setWish(store.real, 0, {
      tenant: 'default',
      contact,
      change,
      scope: 'all',
      atS: NOW_S - agoS,
      source: 'operator',
    });
  const wishOf = async (contact: { waId: string }) => {
    const [hashed = ''] = contactHashes('default', contact);
    const [all, hold] = await store.real.hmget(store.keys.optOuts('default'), hashed, `hold:${hashed}`);
    return [all?.split(':')[0], hold];
  };

  test('carries them over, and the next owner of the number has none', async () => {
    await known();
    await wish(OLD, 'out', 80);
    const [hashed = ''] = contactHashes('default', OLD);
    await store.real.hset(store.keys.optOuts('default'), `hold:${hashed}`, '99');
    await move(OLD, NEW);
    expect([await wishOf(NEW), await wishOf(OLD)]).toEqual([
      ['out', '99'],
      [undefined, null],
    ]);
  });

  test('hears a wish late that was made before, and not one of the next owner', async () => {
    await known();
    await move(OLD, NEW);
    const stop = createIntake({ client: store.real, shards: 1, wishOf: () => 'out' });
    await stop.accept([said('stop', OLD, 60)]);
    expect([(await wishOf(NEW))[0], (await wishOf(OLD))[0]]).toEqual(['out', undefined]);
    await wish(NEW, 'in', 20);
    await stop.accept([said('stop of a stranger', OLD, 10)]);
    expect([(await wishOf(NEW))[0], (await wishOf(OLD))[0]]).toEqual(['in', 'out']);
    await move(OLD, NEW);
    expect([(await wishOf(NEW))[0], (await wishOf(OLD))[0]]).toEqual(['in', 'out']);
  });

  test('holds for what is queued, also when it is made by the new number', async () => {
    const cid = await known();
    const message = messageOf({ name: 'm', contact: OLD.waId });
    await enqueue(store.client, 0, number, [{ ...message, data: { ...message.data, cid } }]);
    await move(OLD, NEW);
    await wish(NEW, 'out', 10);
    expect(await store.claim({ ...refOf({ name: 'm' }), cid })).toMatchObject({ reason: 'opted_out' });
  });
});
