import {
  claim,
  createReadyReader,
  createTurns,
  enqueue,
  finish,
  openConversation,
  type NewMessage,
} from '@alur/store';
import { hash, MessageId, type ConversationId } from '@alur/types';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { aBundle, aNumber, anApiKey, aTeam } from '../../../../test/support/bundle.ts';
import { plainIntake, textEvent } from '../../../../test/support/events.ts';
import { useApi } from '../testing/use-api.ts';

const KEY = 'key-of-the-team-abcdefgh';
const SENDER = 'key-that-only-sends-abcd';
const THEIRS = 'key-of-the-other-team-ab';
const number = aNumber('100200300', { tenant: 'acme', team: 'sales' });
const bundle = aBundle([
  aTeam('acme', 'sales', {
    apiKeys: [anApiKey(KEY), anApiKey(SENDER, ['send'])],
    numbers: [number],
  }),
  aTeam('acme', 'care', {
    apiKeys: [anApiKey(THEIRS)],
    numbers: [aNumber('200300400', { tenant: 'acme', team: 'care' })],
  }),
]);
const api = useApi(() => bundle);
const WA_ID = '6281234567890';
const MID = MessageId.parse(hash('mid', 'one'));
const WAMID = 'wamid.HBgMNjI4MTIzNDU2Nzg5';

const get = (path: string, key = KEY) => api.call(`acme/sales/${path}`, { key });
const post = (path: string, json: unknown, key = KEY) => api.call(`acme/sales/${path}`, { key, json });
const theirs = (path: string, json?: unknown) =>
  api.call(`acme/care/${path}`, { key: THEIRS, ...(json !== undefined && { json }) });

function message(cid: ConversationId, mid = MID): NewMessage {
  const { id, tenant, team } = number;
  return {
    data: { mid, cid, class: 'reply', tenant, team, number: id },
    body: { to: { waId: WA_ID }, message: { kind: 'text', text: 'Dear Ana' } },
    retryOnRateLimit: false,
  };
}

/** What a contact wrote, and the turn that it had: it said one message. */
async function talk(tags: string[] = []): Promise<ConversationId> {
  const { client } = api.store;
  const event = { ...textEvent({ wamid: 'w1', waId: WA_ID, tenant: 'acme' }), team: 'sales' };
  await plainIntake(api.store).accept([event]);
  const reader = createReadyReader({ client, blocking: client, shard: 0, consumer: 'a' });
  const [entry] = await reader.read(1, 10);
  const turns = createTurns(client);
  const loaded = entry && (await turns.load(entry));
  if (!entry || !loaded) throw new Error('nothing is ready');
  await turns.commit({
    entry,
    evt: event.evt,
    version: loaded.version,
    session: loaded.session,
    contact: { waId: WA_ID, name: 'Ana', tags },
    lastMessageTime: event.at,
    number,
    at: event.at,
    wishes: [],
    messages: [{ ...message(entry.cid), data: { ...message(entry.cid).data, evt: event.evt } }],
    tags: { team: 'sales', before: [] },
    life: {
      team: 'sales',
      trace: {
        evt: event.evt,
        kind: 'text',
        outcome: 'completed',
        at: event.at,
        flow: 'order',
        nodes: [{ node: 'thanks', type: 'reply' }],
        messages: [MID],
        emitted: [],
      },
    },
  });
  return entry.cid;
}

async function send(cid: ConversationId): Promise<void> {
  const { client } = api.store;
  const ref = { mid: MID, cid, class: 'reply', shard: 0, number } as const;
  await claim(client, ref, { leaseMs: 5_000, handMs: 0 });
  const options = { maxTries: 5, credentialMark: '', spread: 1 };
  await finish(client, ref, 1, { ...options, outcome: { kind: 'sent', wamid: WAMID } });
}

let cid: ConversationId;
beforeEach(async () => {
  cid = await talk(['vip']);
});

describe('GET messages/:mid', () => {
  test('tells what became of a message, step by step', async () => {
    await send(cid);
    const { status, json } = await get(`messages/${MID}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: MID,
      conversation: cid,
      event: expect.stringMatching(/^[0-9a-f]{32}$/),
      phone_number_id: '100200300',
      class: 'reply',
      kind: 'text',
      state: 'sent',
      status: 'sent',
      wamid: WAMID,
      attempts: 1,
      steps: [{ kind: 'admitted' }, { kind: 'claimed', attempt: 1 }, { kind: 'finished', outcome: 'sent' }],
      waits: [],
    });
    expect(JSON.stringify(json)).not.toContain('Dear Ana');
  });

  test('explains codes and reasons', async () => {
    const { client } = api.store;
    const ref = { mid: MID, cid, class: 'reply', shard: 0, number } as const;
    await claim(client, ref, { leaseMs: 5_000, handMs: 0 });
    const outcome = { kind: 'dead', code: '131026', reason: 'bad_recipient' } as const;
    await finish(client, ref, 1, { outcome, maxTries: 5, credentialMark: '', spread: 1 });
    expect((await get(`messages/${MID}`)).json).toMatchObject({
      state: 'dead',
      reason: { name: 'bad_recipient', advice: expect.any(String) },
      code: { code: '131026', title: 'The contact cannot get the message', class: 'bad_recipient' },
    });
  });

  test('says the very same of what is not there and of what is another team’s', async () => {
    const none = await get(`messages/${'f'.repeat(32)}`);
    expect([none.status, none.json]).toMatchObject([404, { error: { code: 'not_found' } }]);
    for (const other of [await theirs(`messages/${MID}`), await get('messages/nonsense')])
      expect([other.status, other.text]).toEqual([404, none.text]);
    expect((await get(`messages/${MID}`, SENDER)).status).toBe(403);
  });
});

describe('POST messages/find', () => {
  test('finds a message by its wamid, which is in no address', async () => {
    await send(cid);
    expect((await post('messages/find', { wamid: WAMID })).json).toMatchObject({ id: MID });
    expect((await post('messages/find', { wamid: WAMID, phone_number_id: '1' })).status).toBe(404);
    expect((await post('messages/find', { wamid: 'wamid.other' })).status).toBe(404);
    expect((await theirs('messages/find', { wamid: WAMID })).status).toBe(404);
    expect((await post('messages/find', {})).status).toBe(422);
  });
});

describe('conversations', () => {
  test.each(['GET', 'POST'])('by %s tells where one stands and what happened last', async (method) => {
    await send(cid);
    const found =
      method === 'GET'
        ? await get(`conversations/${cid}`)
        : await post('conversations/find', { to: { wa_id: '+62 812-3456-7890' } });
    expect(found.status).toBe(200);
    expect(found.json).toMatchObject({
      id: cid,
      phone_number_id: '100200300',
      contact: { wa_id: WA_ID, name: 'Ana' },
      tags: ['vip'],
      window_until: expect.any(String),
      waiting_events: 0,
      events: [
        {
          kind: 'text',
          outcome: 'completed',
          flow: 'order',
          nodes: ['thanks'],
          messages: [{ id: MID, state: 'sent', status: 'sent' }],
        },
      ],
    });
  });

  test('that the API began is found before the contact ever wrote', async () => {
    const { client } = api.store;
    const fresh = await openConversation(client, 0, number, { waId: '6281999' });
    const own = message(fresh, MessageId.parse(hash('mid', 'fresh')));
    await enqueue(client, 0, number, [{ ...own, body: { ...own.body, to: { waId: '6281999' } } }]);
    expect((await get(`conversations/${fresh}`)).json).toMatchObject({
      id: fresh,
      contact: {},
      events: [{ kind: 'api', outcome: 'queued', messages: [{ state: 'queued' }] }],
    });
    expect((await theirs(`conversations/${fresh}`)).status).toBe(404);
  });

  test('say the very same of what is not there and of what is another team’s', async () => {
    const none = await get(`conversations/${'f'.repeat(32)}`);
    expect(none.status).toBe(404);
    const others = [
      await theirs(`conversations/${cid}`),
      await theirs('conversations/find', { to: { wa_id: WA_ID } }),
      await get('conversations/nonsense'),
      await post('conversations/find', { to: { wa_id: '6281000' } }),
    ];
    for (const other of others) expect([other.status, other.text]).toEqual([404, none.text]);
  });
});

describe('GET contacts', () => {
  test('lists the contacts of the team, by tag too, and nobody of another', async () => {
    const listed = { conversation: cid, contact: { wa_id: WA_ID }, tags: ['vip'] };
    for (const path of ['contacts', 'contacts?tag=vip', 'contacts?limit=1'])
      expect((await get(path)).json).toMatchObject({ contacts: [listed] });
    expect((await get('contacts?tag=other')).json).toEqual({ contacts: [] });
    expect((await theirs('contacts')).json).toEqual({ contacts: [] });
  });

  test('gives a cursor for the next page, and refuses what is none', async () => {
    const first = await get('contacts?limit=1');
    const { next } = Object(first.json);
    expect((await get(`contacts?limit=1&cursor=${next}`)).json).toEqual({ contacts: [] });
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=nonsense', 'tag=%20', 'page=2'])
      expect([query, (await get(`contacts?${query}`)).status]).toEqual([query, 422]);
  });
});
