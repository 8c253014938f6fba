import { EventId, hash, type InboundEvent } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { createIntake } from './intake.ts';
import { contactHashes } from './keys.ts';
import { numberOf } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const intake = (wishOf: () => 'out' | 'in' | undefined = () => undefined) =>
  createIntake({ client: store.real, shards: 1, wishOf });
const keysLike = (pattern: string) => store.real.keys(pattern);

/** What another system tells of a contact. */
function apiEvent(
  id: string,
  { waId = '15550001', at }: { waId?: string; at?: number | undefined } = {},
): InboundEvent {
  return {
    kind: 'event',
    evt: EventId.parse(hash('api', id)),
    tenant: 'default',
    team: 'default',
    number: numberOf().id,
    at: at ?? Math.floor(Date.now() / 1_000),
    receivedAtMs: Date.now(),
    from: { waId },
    eventType: 'order.paid',
    input: { id },
  };
}

describe('accept()', () => {
  test('stores an event once, however often and by however many processes it comes', async () => {
    const event = textEvent({ wamid: 'wamid.A', waId: '15550001' });
    expect(await intake().accept([event, event])).toEqual(['new', 'dup']);
    expect(await intake().accept([event])).toEqual(['dup']);
    const [inbox] = await keysLike('{s0}:inbox:*');
    expect(await store.real.llen(inbox ?? '')).toBe(1);
  });

  test('keeps a conversation in ready exactly while its inbox is not empty', async () => {
    const one = intake();
    await one.accept([
      textEvent({ wamid: 'wamid.1', waId: '15550001' }),
      textEvent({ wamid: 'wamid.2', waId: '15550001' }),
    ]);
    await one.accept([textEvent({ wamid: 'wamid.3', waId: '15550001' })]);
    expect(await store.real.xlen('{s0}:ready')).toBe(1);
  });

  test('gives one contact one conversation when many processes see it first at the same time', async () => {
    const events = Array.from({ length: 40 }, (_, index) =>
      textEvent({ wamid: `wamid.${index}`, waId: '15550001' }),
    );
    await Promise.all(events.map((event) => intake().accept([event])));
    const inboxes = await keysLike('{s0}:inbox:*');
    expect(inboxes).toHaveLength(1);
    expect(await store.real.llen(inboxes[0] ?? '')).toBe(40);
  });

  test('knows a contact by either id, and learns the one it did not have', async () => {
    await intake().accept([textEvent({ wamid: 'wamid.1', waId: '15550001' })]);
    await intake().accept([textEvent({ wamid: 'wamid.2', waId: '15550001', userId: 'US.1' })]);
    await intake().accept([textEvent({ wamid: 'wamid.3', userId: 'US.1' })]);
    expect(await keysLike('{s0}:inbox:*')).toHaveLength(1);
  });

  test('keeps the order of a batch of new and known contacts', async () => {
    await intake().accept([textEvent({ wamid: 'wamid.0', waId: '15550002' })]);
    const events = Array.from({ length: 250 }, (_, index) =>
      textEvent({ wamid: `wamid.b${index}`, waId: '15550002', text: String(index) }),
    );
    expect(new Set(await intake().accept(events))).toEqual(new Set(['new']));
    const [inbox] = await keysLike('{s0}:inbox:*');
    const items = await store.real.lrange(inbox ?? '', 1, -1);
    expect(items.map((item) => JSON.parse(item.slice(32)).text)).toEqual(
      events.map((_, index) => String(index)),
    );
  });

  test('refuses what is older than the eight days in which a repetition would be noticed', async () => {
    const now = Math.floor(Date.now() / 1000);
    const events = [now - 8 * 86_400 - 60, now - 8 * 86_400 + 60, now + 2 * 86_400].map((at, index) =>
      textEvent({ wamid: `wamid.${index}`, waId: '15550001', at }),
    );
    expect(await intake().accept(events)).toEqual(['old', 'new', 'old']);
  });

  test('remembers an event for longer than Meta repeats it, and forgets it then', async () => {
    await intake().accept([textEvent({ wamid: 'wamid.1', waId: '15550001' })]);
    const [bucket] = await keysLike('{s0}:seen:*');
    const ttl = await store.real.ttl(bucket ?? '');
    expect(ttl).toBeGreaterThan(8 * 86_400);
    expect(ttl).toBeLessThan(11 * 86_400);
  });

  test('counts each event once against the throughput of its number', async () => {
    const events = ['1', '2', '3'].map((wamid) =>
      textEvent({ wamid, waId: '15550001', number: wamid === '3' ? '200' : '100' }),
    );
    await intake().accept([...events, ...events]);
    await intake().accept(events);
    const lists = await keysLike('*throughput*');
    const counts = await Promise.all(lists.sort().map((key) => store.real.zcard(key)));
    expect(counts).toEqual([2, 1]);
  });

  test('keeps a wish before any turn has run, as of the time it was made', async () => {
    const at = Math.floor(Date.now() / 1_000) - 100;
    await intake(() => 'out').accept([textEvent({ wamid: '1', waId: '15550001', userId: 'US.1', at })]);
    const all = await store.real.hgetall(store.keys.optOuts('default'));
    const hashes = contactHashes('default', { waId: '15550001', userId: 'US.1' });
    expect(all).toEqual(Object.fromEntries(hashes.map((hashed) => [hashed, `out:${at}:keyword`])));
    // Heard late: he had come back before.
    await intake(() => 'in').accept([textEvent({ wamid: '2', waId: '15550001', at: at - 10 })]);
    expect(Object.values(await store.real.hgetall(store.keys.optOuts('default')))).toContain(
      `out:${at}:keyword`,
    );
  });

  test('takes no throughput and hears no wish where the event is not from a contact', async () => {
    const events = [apiEvent('a'), textEvent({ wamid: '1', waId: '15550001' }), apiEvent('b')];
    expect(await intake(() => 'out').accept(events)).toEqual(['new', 'new', 'new']);
    expect(await intake(() => 'out').accept([apiEvent('c', { waId: '15550002' })])).toEqual(['new']);
    expect(await store.real.zcard(store.keys.throughput(events[1]?.number ?? numberOf().id))).toBe(1);
    const wishes = await store.real.hkeys(store.keys.optOuts('default'));
    expect(wishes).toEqual(contactHashes('default', { waId: '15550001' }));
  });

  test('opens the conversation of a contact who never wrote, and finds it again when he does', async () => {
    await intake().accept([apiEvent('a', { waId: '15550009' })]);
    await intake().accept([textEvent({ wamid: '1', waId: '15550009' })]);
    const [inbox, ...others] = await keysLike('{s0}:inbox:*');
    expect([others, await store.real.llen(inbox ?? '')]).toEqual([[], 2]);
  });

  test('knows an event of the system again on the days around, whichever came first', async () => {
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400;
    for (const [first, second] of [
      [midnight - 1, midnight],
      [midnight, midnight - 1],
    ]) {
      const id = `${first}`;
      expect(await intake().accept([apiEvent(id, { at: first })])).toEqual(['new']);
      expect(await intake().accept([apiEvent(id, { at: second })])).toEqual(['dup']);
    }
    const mixed = [apiEvent('x', { at: midnight }), apiEvent('x', { at: midnight - 1 }), apiEvent('y')];
    expect(await intake().accept(mixed)).toEqual(['new', 'dup', 'new']);
  });

  test('puts no phone number into a key', async () => {
    await intake().accept([textEvent({ wamid: 'wamid.1', waId: '15550001234' })]);
    expect((await keysLike('*')).filter((key) => key.includes('15550001234'))).toEqual([]);
  });
});
