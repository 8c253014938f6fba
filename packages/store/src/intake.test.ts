import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../test/support/events.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { connect, waitUntilReady, type Connections } from './connection.ts';
import { createIntake } from './intake.ts';

let redis: TestRedis;
let connections: Connections;

beforeAll(async () => {
  redis = await startRedis();
  connections = connect({ url: redis.url });
  await waitUntilReady(connections.client, 5_000);
});
afterAll(async () => {
  await connections.close();
  await redis.stop();
});
beforeEach(async () => {
  await connections.client.flushall();
});

const intake = () => createIntake({ client: connections.client, shards: 1 });
const keysLike = (pattern: string) => connections.client.keys(pattern);

describe('accept()', () => {
  test('stores an event once, however often and by however many processes it comes', async () => {
    const event = textEvent({ wamid: 'wamid.A', waId: '15550001' });
    expect(await intake().accept([event, event])).toEqual(['new', 'dup']);
    expect(await intake().accept([event])).toEqual(['dup']);
    const [inbox] = await keysLike('{s0}:inbox:*');
    expect(await connections.client.llen(inbox ?? '')).toBe(1);
  });

  test('keeps a conversation in ready exactly while its inbox is not empty', async () => {
    const one = intake();
    await one.accept([
      textEvent({ wamid: 'wamid.1', waId: '15550001' }),
      textEvent({ wamid: 'wamid.2', waId: '15550001' }),
    ]);
    await one.accept([textEvent({ wamid: 'wamid.3', waId: '15550001' })]);
    expect(await connections.client.xlen('{s0}:ready')).toBe(1);
  });

  test('gives one contact one conversation when many processes see it first at the same time', async () => {
    const events = Array.from({ length: 40 }, (_, index) =>
      textEvent({ wamid: `wamid.${index}`, waId: '15550001' }),
    );
    await Promise.all(events.map((event) => intake().accept([event])));
    const inboxes = await keysLike('{s0}:inbox:*');
    expect(inboxes).toHaveLength(1);
    expect(await connections.client.llen(inboxes[0] ?? '')).toBe(40);
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
    const items = await connections.client.lrange(inbox ?? '', 1, -1);
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
    const ttl = await connections.client.ttl(bucket ?? '');
    expect(ttl).toBeGreaterThan(8 * 86_400);
    expect(ttl).toBeLessThan(11 * 86_400);
  });

  test('puts no phone number into a key', async () => {
    await intake().accept([textEvent({ wamid: 'wamid.1', waId: '15550001234' })]);
    expect((await keysLike('*')).filter((key) => key.includes('15550001234'))).toEqual([]);
  });
});
