import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findConversation, openConversation, openStore, type Claim, type Store } from '@alur/store';
import { createLogger } from '@alur/telemetry';
import { hash, MessageId, type ConversationId } from '@alur/types';
import { aNumber } from '../../../test/support/bundle.ts';
import { plainIntake, textEvent } from '../../../test/support/events.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { noteContact } from './note-contact.ts';

const DIALLED = { waId: '5511912345678' };
const KNOWN = { waId: '551112345678' };
const number = aNumber('100200300');

let redis: TestRedis;
let store: Store;
const lines: string[] = [];
const logger = createLogger({
  service: 'test',
  level: 'info',
  destination: { write: (line) => void lines.push(line) },
});

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
});
afterEach(async () => {
  await store.close();
  await redis.stop();
});

const cidBy = (ids: { waId?: string; userId?: string }) => findConversation(store.client, 0, number.id, ids);

/** Meta took a message to the number as dialled, and says whom it knows there. */
async function sent(cid: ConversationId, contact: { waId?: string; userId?: string }) {
  const mid = MessageId.parse(hash('m'));
  const claimed: Extract<Claim, { kind: 'go' }> = {
    kind: 'go',
    admitted: [],
    attempt: 1,
    tries: 0,
    alternative: false,
    data: {
      mid,
      cid,
      class: 'reply',
      tenant: number.tenant,
      team: number.team,
      number: number.id,
      kind: 'text',
    },
    body: { to: DIALLED, message: { kind: 'text', text: 'hi' } },
  };
  const posted = { kind: 'sent', wamid: 'wamid.1', contact, httpStatus: 200, durationMs: 1 } as const;
  const ref = { mid, cid, class: 'reply', shard: 0, number } as const;
  await noteContact({ claimed, posted, ref, number }, { client: store.client, logger });
}

describe('noteContact()', () => {
  test('lets who answers by another number, or by a user id, find the conversation', async () => {
    const cid = await openConversation(store.client, 0, number, DIALLED);
    await sent(cid, { ...KNOWN, userId: 'BR.1' });
    expect([await cidBy(KNOWN), await cidBy({ userId: 'BR.1' }), await cidBy(DIALLED)]).toEqual([
      cid,
      cid,
      cid,
    ]);
    await plainIntake(store).accept([textEvent({ wamid: 'w', ...KNOWN })]);
    expect(await store.client.llen(`{s0}:inbox:${cid}`)).toBe(1);
  });

  test('joins the two where the answer came first', async () => {
    const cid = await openConversation(store.client, 0, number, DIALLED);
    await plainIntake(store).accept([textEvent({ wamid: 'w', ...KNOWN })]);
    expect(await cidBy(KNOWN)).not.toBe(cid);
    await sent(cid, KNOWN);
    const both = await cidBy(KNOWN);
    expect(await cidBy(DIALLED)).toBe(both);
    expect(await store.client.llen(`{s0}:inbox:${both}`)).toBe(1);
  });

  test('asks Redis nothing where WhatsApp knows the contact as it was dialled', async () => {
    const cid = await openConversation(store.client, 0, number, DIALLED);
    const before = await store.client.info('commandstats');
    await sent(cid, DIALLED);
    const calls = (text: string) => /cmdstat_mget:calls=(\d+)/.exec(text)?.[1];
    expect(calls(await store.client.info('commandstats'))).toBe(calls(before));
  });

  test('leaves a message alone whose contact goes by other names since', async () => {
    const cid = await openConversation(store.client, 0, number, { waId: '4915550001' });
    await sent(cid, KNOWN);
    expect(await cidBy(KNOWN)).toBeUndefined();
  });

  test('fails no delivery, and says no number', async () => {
    const cid = await openConversation(store.client, 0, number, DIALLED);
    await store.client.set(`{s0}:conv:${cid}`, 'not a hash');
    await sent(cid, KNOWN);
    expect(lines.join()).toContain('contact.not_noted');
    expect(lines.join()).not.toContain('551112345678');
  });
});
