import { afterEach, describe, expect, test } from '@jest/globals';
import { type Received, type Receiver, startReceiver } from './testing/receiver.ts';
import { CONTACT, type Lab, NUMBER, startLab } from './testing/lab.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

const QUICK = { sent: 5, delivered: 10, read: 15 };
const isStatus = (received: Received) => received.value.statuses !== undefined;

/** Waits for as many receipts, in whatever batches they come, and gives their kinds in the order of the alphabet. */
async function kindsOf(receiver: Receiver, count: number): Promise<string[]> {
  await receiver.until(() => receiver.statuses().length >= count);
  return receiver
    .statuses()
    .map(({ status }) => status)
    .sort();
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
    await send({ type: 'reaction', reaction: { message_id: 'wamid.a', emoji: '👍' } });
    await send({ text: { body: 'the marker' } });
    const [reaction, marker] = lab?.emulator.ledger() ?? [];
    const statusesOf = (wamid: string | undefined) =>
      receiver.statuses().flatMap(({ id, status }) => (id === wamid ? [status] : []));
    await receiver.until(() => statusesOf(marker?.wamid).includes('read'));
    expect(statusesOf(reaction?.wamid)).toEqual(['sent']);
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
    await receiver.until(() => ids().length >= count * 3);
    expect(new Set(ids()).size).toBe(count * 3);
    expect(ids()).toHaveLength(count * 3);
    expect(receiver.received.length).toBeLessThan(count * 3);
  });
});

describe('faults', () => {
  const order = (l: Lab, fault: object, more: object = {}) =>
    l.call('POST', '/_emulator/faults', { fault, ...more });

  test('error: as many times as ordered, in Meta’s envelope', async () => {
    const l = await open();
    await order(
      l,
      { kind: 'error', http: 429, code: 130429, title: 'Rate limit hit', details: 'Slow down' },
      { times: 2 },
    );
    const answers = [
      await l.send({ text: { body: 'a' } }),
      await l.send({ text: { body: 'b' } }),
      await l.send({ text: { body: 'c' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.body.error).toMatchObject({
      code: 130429,
      message: '(#130429) Rate limit hit',
      error_data: { messaging_product: 'whatsapp', details: 'Slow down' },
    });
    expect((await l.call('GET', '/_emulator/stats')).body.refused).toEqual({ '130429': 2 });
  });

  test('http: an answer that is no Graph error', async () => {
    const l = await open();
    await order(l, { kind: 'http', status: 502, body: '<h1>Bad gateway</h1>' });
    expect(await l.send({ text: { body: 'a' } })).toMatchObject({
      status: 502,
      text: '<h1>Bad gateway</h1>',
    });
  });

  test('reset_before_accept: no answer, no message', async () => {
    const l = await open();
    await order(l, { kind: 'reset_before_accept' });
    await expect(l.send({ text: { body: 'a' } })).rejects.toThrow();
    expect(l.emulator.ledger()).toHaveLength(0);
  });

  test('reset_after_accept: no answer, but the message and its receipts', async () => {
    const l = await open();
    await order(l, { kind: 'reset_after_accept' });
    await expect(l.send({ text: { body: 'a' } })).rejects.toThrow();
    expect(l.emulator.ledger()).toHaveLength(1);
    const [received] = await l.receiver.until(isStatus);
    expect(received?.value.statuses?.[0]?.id).toBe(l.emulator.ledger()[0]?.wamid);
  });

  test('delay: a late answer', async () => {
    const l = await open();
    await order(l, { kind: 'delay', ms: 150 });
    const begin = performance.now();
    expect((await l.send({ text: { body: 'a' } })).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(145);
  });

  test('failed_status: accepted, then reported as failed', async () => {
    const l = await open();
    await order(l, { kind: 'failed_status', code: 131026, title: 'Message undeliverable' });
    expect((await l.send({ text: { body: 'a' } })).status).toBe(200);
    const [received] = await l.receiver.until(isStatus);
    expect(received?.value.statuses?.[0]).toMatchObject({
      status: 'failed',
      errors: [{ code: 131026, title: 'Message undeliverable' }],
    });
  });

  test('meet only what they match, until they are called off', async () => {
    const l = await open();
    const fault = { kind: 'http', status: 500 };
    await order(l, fault, { match: { to: '16505550000' }, times: 9 });
    expect((await l.send({ text: { body: 'a' } })).status).toBe(200);
    expect((await l.send({ to: '+16505550000', text: { body: 'a' } })).status).toBe(500);
    await l.call('DELETE', '/_emulator/faults');
    expect((await l.send({ to: '16505550000', text: { body: 'a' } })).status).toBe(200);
  });

  test('with a probability spare some sends, the same ones for the same seed', async () => {
    const run = async () => {
      const l = await startLab({ seed: 'dice' });
      await order(l, { kind: 'http', status: 500 }, { probability: 0.5, times: 1_000 });
      const statuses = [];
      for (let n = 0; n < 20; n += 1) statuses.push((await l.send({ text: { body: 'a' } })).status);
      await l.close();
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });

  test('are refused when misspelt', async () => {
    const l = await open();
    expect(await order(l, { kind: 'explode' })).toMatchObject({ status: 400 });
  });
});
