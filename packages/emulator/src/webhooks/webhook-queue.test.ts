import { afterEach, describe, expect, test } from '@jest/globals';
import { type Received, type Receiver, startReceiver } from '../testing/receiver.ts';
import { CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

const DAY_MS = 86_400_000;
const QUICK = { sent: 5, delivered: 10, read: 15 };
const isStatus = (received: Received) => received.value.statuses !== undefined;

/** Waits for as many receipts, in whatever batches they come, and gives their kinds in the order of the alphabet. */
async function kindsOf(receiver: Receiver, count: number): Promise<string[]> {
  const statuses = await receiver.untilStatuses(count);
  return statuses.map(({ status }) => status).sort();
}

async function open(options: Parameters<typeof startLab>[0] = {}): Promise<Lab> {
  lab = await startLab({ statusDelayMs: QUICK, ...options });
  return lab;
}

describe('status webhooks', () => {
  test('come as sent, delivered and read, signed, in Meta’s shape', async () => {
    const { send, receiver } = await open();
    const { body } = await send({ text: { body: 'Hi' }, biz_opaque_callback_data: 'job-42' });
    expect(await kindsOf(receiver, 3)).toEqual(['delivered', 'read', 'sent']);
    expect(receiver.received.every(({ isSigned }) => isSigned)).toBe(true);
    const metadata = { display_phone_number: NUMBER.displayNumber, phone_number_id: NUMBER.id };
    const value = { messaging_product: 'whatsapp', metadata, statuses: expect.any(Array) };
    for (const { path, raw } of receiver.received) {
      expect(path).toBe('/webhook/whatsapp/acme/support');
      expect(JSON.parse(raw)).toEqual({
        object: 'whatsapp_business_account',
        entry: [{ id: NUMBER.wabaId, changes: [{ field: 'messages', value }] }],
      });
    }
    expect(receiver.statuses().find(({ status }) => status === 'sent')).toEqual({
      id: body.messages?.[0].id,
      status: 'sent',
      timestamp: expect.stringMatching(/^\d{10}$/),
      recipient_id: CONTACT,
      biz_opaque_callback_data: 'job-42',
      conversation: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        expiration_timestamp: expect.stringMatching(/^\d{10}$/),
        origin: { type: 'service' },
      },
      pricing: {
        billable: false,
        pricing_model: 'PMP',
        category: 'service',
        type: 'free_customer_service',
      },
    });
  });

  test('of a reaction end at sent', async () => {
    const { send, receiver } = await open();
    const { body } = await send({ text: { body: 'Hi' } });
    await send({ type: 'reaction', reaction: { message_id: body.messages?.[0].id, emoji: '👍' } });
    await send({ text: { body: 'the marker' } });
    const [, reaction, marker] = lab?.emulator.ledger() ?? [];
    const statusesOf = (wamid: string | undefined) =>
      receiver.statuses().flatMap(({ id, status }) => (id === wamid ? [status] : []));
    await receiver.until(() => statusesOf(marker?.wamid).includes('read'));
    expect(statusesOf(reaction?.wamid)).toEqual(['sent']);
  });

  test.each([
    [true, ['delivered', 'played', 'read', 'sent']],
    [false, ['delivered', 'read', 'sent']],
  ])('of a recording end at played when it is a voice note: %s', async (voice, kinds) => {
    const { send, receiver, call } = await open({ clock: { now: 1_800_000_000_000, stopped: true } });
    await send({ type: 'audio', audio: { link: 'https://example.com/a.ogg', voice } });
    await call('POST', '/_emulator/clock', { advanceMs: 5_000 });
    expect(await kindsOf(receiver, kinds.length)).toEqual(kinds);
  });

  test.each([
    ['service', { text: { body: 'Hi' } }, undefined, 'free_customer_service'],
    ['utility', 'a', 'UTILITY', 'free_customer_service'],
    ['marketing', 'b', 'MARKETING', 'regular'],
    ['authentication', 'c', 'AUTHENTICATION', 'regular'],
    ['utility', 'd', 'UTILITY', 'regular', DAY_MS + 1],
    ['utility', 'e', undefined, 'regular', DAY_MS + 1],
  ])('say what a message of %s costs: %j %s %s', async (category, message, known, type, afterMs = 0) => {
    const { send, receiver, call } = await open({ clock: { stopped: true } });
    const number = NUMBER.id;
    await call('POST', '/_emulator/inbound', {
      number,
      from: { waId: CONTACT },
      message: { type: 'text', text: 'Hi' },
    });
    await call('POST', '/_emulator/clock', { advanceMs: afterMs });
    if (typeof message === 'string') {
      await call('POST', '/_emulator/template', {
        number,
        name: message,
        status: 'APPROVED',
        category: known,
      });
    }
    const template = { type: 'template', template: { name: message, language: { code: 'en' } } };
    expect((await send(typeof message === 'string' ? template : message)).status).toBe(200);
    await call('POST', '/_emulator/clock', { advanceMs: 5_000 });
    const [sent, delivered, read] = receiver.statuses();
    const pricing = { billable: type === 'regular', pricing_model: 'PMP', category, type };
    expect([sent, delivered]).toMatchObject([{ pricing }, { pricing }]);
    expect(sent?.['conversation']).toMatchObject({ origin: { type: category } });
    expect(read).not.toHaveProperty('pricing');
  });

  test('userIds: bear user ids and contacts, but no username on sent and nothing on failed', async () => {
    const { send, receiver, call } = await open({ userIds: true, clock: { stopped: true } });
    await call('POST', '/_emulator/contacts', { waId: CONTACT, name: 'Ana', username: 'ana.b' });
    await send({ text: { body: 'Hi' } });
    const fault = { kind: 'failed_status', code: 131026, title: 'Message undeliverable' };
    await call('POST', '/_emulator/faults', { fault });
    await send({ text: { body: 'Hi' } });
    await call('POST', '/_emulator/clock', { advanceMs: 5_000 });
    const userId = expect.stringMatching(/^US\.[0-9]{20}$/);
    for (const { value } of receiver.received) {
      const kind = value.statuses?.[0]?.status;
      expect(value.statuses?.[0]).toMatchObject({ recipient_id: CONTACT, recipient_user_id: userId });
      const profile = kind === 'sent' ? { name: 'Ana' } : { name: 'Ana', username: 'ana.b' };
      const contacts = [{ profile, wa_id: CONTACT, user_id: userId }];
      expect([kind, value['contacts']]).toEqual([kind, kind === 'failed' ? undefined : contacts]);
    }
    expect(
      receiver
        .statuses()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['delivered', 'failed', 'read', 'sent']);
  });

  test('end at delivered without autoRead', async () => {
    const { send, receiver } = await open({ autoRead: false, statusDelayMs: { ...QUICK, read: 0 } });
    await send({ text: { body: 'Hi' } });
    expect(await kindsOf(receiver, 2)).toEqual(['delivered', 'sent']);
  });

  test('name a user id as such', async () => {
    const { send, receiver } = await open();
    await send({ to: undefined, recipient: 'US.134912086553', text: { body: 'Hi' } });
    const [received] = await receiver.until(isStatus);
    expect(received?.value.statuses?.[0]?.['recipient_user_id']).toBe('US.134912086553');
    expect(received?.value.statuses?.[0]).not.toHaveProperty('recipient_id');
  });

  test('come again until they are answered with 200', async () => {
    const { send, receiver } = await open({
      autoRead: false,
      statusDelayMs: { ...QUICK, delivered: 60_000 },
    });
    receiver.status = 503;
    await send({ text: { body: 'Hi' } });
    await receiver.until(isStatus, 2);
    receiver.status = 200;
    const [first, , third] = await receiver.until(isStatus, 3);
    expect(third?.raw).toBe(first?.raw);
  });

  test('come when a receiver that was down is up again', async () => {
    const old = await startReceiver(NUMBER.appSecret);
    await old.close();
    const { send, call } = await open({ webhookBaseUrl: old.url });
    await send({ text: { body: 'Hi' } });
    await expect(call('GET', '/_emulator/stats')).resolves.toMatchObject({ status: 200 });
    const revived = await startReceiver(NUMBER.appSecret, old.port);
    try {
      expect(await kindsOf(revived, 3)).toEqual(['delivered', 'read', 'sent']);
    } finally {
      await revived.close();
    }
  });

  test('are batched when many wait, each once', async () => {
    const { send, receiver } = await open();
    const count = 150;
    await Promise.all(Array.from({ length: count }, () => send({ text: { body: 'Hi' } })));
    const ids = () => receiver.statuses().map(({ id, status }) => `${id} ${status}`);
    await receiver.untilStatuses(count * 3);
    expect(new Set(ids()).size).toBe(count * 3);
    expect(ids()).toHaveLength(count * 3);
    expect(receiver.received.length).toBeLessThan(count * 3);
  });

  test('are batched number by number, however the numbers take turns', async () => {
    const other = { ...NUMBER, id: '206540352242922', displayNumber: '+1 555-078-3882' };
    const statusBatch = { max: 1_000, waitMs: 300 };
    const { send, receiver } = await open({ numbers: [NUMBER, other], statusBatch });
    const count = 40;
    for (let n = 0; n < count; n += 1) {
      await send({ text: { body: 'Hi' } }, { number: n % 2 === 0 ? NUMBER.id : other.id });
    }
    await receiver.untilStatuses(count * 3);
    expect(new Set(receiver.statuses().map(({ id, status }) => `${id} ${status}`)).size).toBe(count * 3);
    expect(receiver.received.length).toBeLessThan(count);
    for (const { raw, value } of receiver.received) {
      const { phone_number_id } = Object(value['metadata']);
      const wamids = new Set(
        lab?.emulator.ledger().flatMap((entry) => (entry.number === phone_number_id ? [entry.wamid] : [])),
      );
      for (const { id } of value.statuses ?? []) expect([raw, wamids.has(id)]).toEqual([raw, true]);
    }
  });
});
