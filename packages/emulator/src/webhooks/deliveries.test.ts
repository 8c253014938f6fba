import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';
import { type Receiver } from '../testing/receiver.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

const START = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STOPPED = { now: START, stopped: true };

async function open(options: Parameters<typeof startLab>[0] = {}): Promise<Lab> {
  lab = await startLab({ clock: STOPPED, ...options });
  return lab;
}

const write = ({ call }: Lab, text: string, more: object = {}) =>
  call('POST', '/_emulator/inbound', {
    number: NUMBER.id,
    from: { waId: CONTACT },
    message: { type: 'text', text },
    ...more,
  });
const advance = ({ call }: Lab, advanceMs: number) => call('POST', '/_emulator/clock', { advanceMs });

const Deliveries = z.object({
  deliveries: z.array(
    z.object({
      id: z.number(),
      at: z.number(),
      url: z.string(),
      field: z.string(),
      attempt: z.number(),
      status: z.number(),
      retryInMs: z.number().optional(),
      bytes: z.number(),
      signature: z.string(),
      body: z.string(),
    }),
  ),
});
const logOf = async ({ call }: Lab, query = '') =>
  Deliveries.parse(JSON.parse((await call('GET', `/_emulator/webhooks${query}`)).text)).deliveries;

describe('webhooks that are not taken', () => {
  test('come again as Meta’s do: at once, then less often, and for 7 days by the clock', async () => {
    const l = await open({ redelivery: 'meta' });
    l.receiver.status = 500;
    await write(l, 'Hi');
    await advance(l, 0);
    expect(l.receiver.received).toHaveLength(2);
    await advance(l, HOUR_MS);
    expect(l.receiver.received).toHaveLength(7);
    await advance(l, 10 * DAY_MS);
    const attempts = await logOf(l);
    expect(attempts.length).toBe(l.receiver.received.length);
    const last = attempts.at(-1);
    expect(last?.retryInMs).toBeUndefined();
    expect(last?.at).toBeLessThanOrEqual(START + 7 * DAY_MS);
    expect(last?.at).toBeGreaterThan(START + 6 * DAY_MS);
    expect(new Set(l.receiver.received.map(({ raw }) => raw)).size).toBe(1);
    const { body } = await l.call('GET', '/_emulator/stats');
    expect(body['webhooks']).toMatchObject({ accepted: 0, dropped: 1, pending: 0 });
  });

  test.each([201, 204, 302])('%d is no 200', async (status) => {
    const l = await open();
    l.receiver.status = status;
    await write(l, 'Hi');
    l.receiver.status = 200;
    await advance(l, 500);
    expect(l.receiver.received).toHaveLength(2);
    await advance(l, DAY_MS);
    expect(l.receiver.received).toHaveLength(2);
  });

  test('go on to an address that was set meanwhile', async () => {
    const l = await open({ webhookBaseUrl: 'http://127.0.0.1:9' });
    expect((await write(l, 'Hi')).body).toMatchObject({ status: 0, error: 'ECONNREFUSED' });
    await l.call('POST', '/_emulator/webhook', {
      number: NUMBER.id,
      url: l.receiver.url,
      verifyToken: 'word',
    });
    await advance(l, 1_000);
    expect(l.receiver.received.map(({ isSigned }) => isSigned)).toEqual([true]);
  });

  test('count as not taken when no answer comes in time', async () => {
    const l = await open({ webhookTimeoutMs: 50 });
    let release = (): void => undefined;
    l.receiver.onReceived = () => new Promise((resolve) => (release = resolve));
    expect((await write(l, 'Hi')).body).toMatchObject({ status: 0, error: 'TIMEOUT' });
    release();
  });

  test('are none while no address is set', async () => {
    const l = await open({ webhookBaseUrl: undefined });
    expect((await write(l, 'Hi')).body).toMatchObject({ status: 0, error: 'NO_ADDRESS' });
    expect((await l.call('GET', '/_emulator/stats')).body['webhooks']).toMatchObject({ pending: 0 });
  });
});

describe('GET /_emulator/webhooks', () => {
  test('tells of every attempt what was sent where, and how it was answered', async () => {
    const l = await open();
    l.receiver.status = 503;
    await write(l, 'Olá');
    l.receiver.status = 200;
    await advance(l, 500);
    const [first, second, ...more] = await logOf(l);
    const raw = l.receiver.received[0]?.raw ?? '';
    const url = `${l.receiver.url}/webhook/whatsapp/acme/support`;
    const signature = `sha256=${createHmac('sha256', NUMBER.appSecret).update(raw).digest('hex')}`;
    const same = { url, field: 'messages', bytes: raw.length, signature, body: raw };
    expect(first).toEqual({ id: 1, at: START, attempt: 1, status: 503, retryInMs: 500, ...same });
    expect(second).toEqual({ id: 2, at: START + 500, attempt: 2, status: 200, ...same });
    expect(more).toEqual([]);
    expect(await logOf(l, '?since=1')).toEqual([second]);
    expect(await logOf(l, '?since=0&limit=1')).toEqual([first]);
    expect((await l.call('GET', '/_emulator/webhooks?since=x')).status).toBe(400);
  });

  test('…/redeliver posts an old body again, signed anew, once', async () => {
    const l = await open();
    await write(l, 'Hi');
    await l.call('POST', '/_emulator/secret', { number: NUMBER.id, appSecret: 'fresh' });
    await advance(l, 6 * DAY_MS);
    l.receiver.status = 500;
    const { body } = await l.call('POST', '/_emulator/webhooks/1/redeliver', {});
    await advance(l, DAY_MS);
    expect(body).toEqual({ status: 500 });
    const [first, again, ...more] = l.receiver.received;
    expect([again?.raw, first?.isSigned, again?.isSigned, more]).toEqual([first?.raw, true, false, []]);
    expect(again?.headers['x-hub-signature-256']).toBe(signed('fresh', first?.raw));
    const [, logged] = await logOf(l);
    expect(logged).toMatchObject({ attempt: 1, status: 500 });
    expect(logged).not.toHaveProperty('retryInMs');
    expect((await l.call('POST', '/_emulator/webhooks/99/redeliver', {})).status).toBe(404);
  });
});

const signed = (secret: string, raw = '') =>
  `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;

describe('POST /_emulator/secret', () => {
  test('signs with both for a while, then with the new one alone', async () => {
    const l = await open();
    await l.call('POST', '/_emulator/secret', { number: NUMBER.id, appSecret: 'fresh', bothMs: HOUR_MS });
    for (let n = 0; n < 20; n += 1) await write(l, `Hi ${n}`);
    const kinds = new Set(l.receiver.received.map(({ isSigned }) => isSigned));
    expect(kinds.size).toBe(2);
    await advance(l, HOUR_MS);
    l.receiver.received.length = 0;
    for (let n = 0; n < 10; n += 1) await write(l, `Later ${n}`);
    for (const { raw, headers } of l.receiver.received) {
      expect(headers['x-hub-signature-256']).toBe(signed('fresh', raw));
    }
  });
});

describe('headers of a webhook', () => {
  test('are Meta’s', async () => {
    const l = await open();
    await write(l, 'Hi');
    expect(l.receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      accept: '*/*',
      'content-length': String(l.receiver.received[0]?.raw.length),
    });
  });
});

describe('the clock', () => {
  const textsOf = ({ received }: Receiver) =>
    received.map(({ value }) =>
      (value.statuses ?? value.messages ?? []).map((item) => item['status'] ?? item['type']),
    );

  test('stopped: receipts wait for it, and bear its time', async () => {
    const l = await open({ statusDelayMs: { sent: 1_000, delivered: 2_000, read: HOUR_MS } });
    await l.send({ text: { body: 'Hi' } });
    await advance(l, 999);
    expect(textsOf(l.receiver)).toEqual([]);
    await advance(l, 2 * HOUR_MS);
    expect(textsOf(l.receiver)).toEqual([['sent'], ['delivered'], ['read']]);
    expect(l.receiver.statuses().map(({ timestamp }) => Number(timestamp) * 1_000 - START)).toEqual([
      1_000,
      2_000,
      HOUR_MS,
    ]);
  });

  test('stopped: webhooks leave one at a time; running: several at once', async () => {
    const l = await open();
    let [underWay, most] = [0, 0];
    l.receiver.onReceived = async () => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    };
    const many = () => Promise.all(Array.from({ length: 20 }, (_, n) => write(l, `Hi ${n}`)));
    await many();
    expect(most).toBe(1);
    await l.call('POST', '/_emulator/clock', { stopped: false });
    await many();
    expect(most).toBeGreaterThan(1);
  });

  test('24 hours on, the window is closed', async () => {
    const l = await open({ enforce: { window: 'api' } });
    await write(l, 'Hi');
    await advance(l, DAY_MS);
    expect((await l.send({ text: { body: 'still' } })).status).toBe(200);
    await advance(l, 1);
    expect((await l.send({ text: { body: 'too late' } })).body.error).toMatchObject({ code: 131047 });
  });

  test('is read and turned over the API', async () => {
    const l = await open();
    expect((await l.call('GET', '/_emulator/clock')).body).toEqual({
      now: START,
      iso: '2027-01-15T08:00:00.000Z',
      rate: 0,
      stopped: true,
      waiting: 0,
    });
    const to = await l.call('POST', '/_emulator/clock', { now: START + 5 });
    expect(to.body).toMatchObject({ now: START + 5 });
    expect((await l.call('POST', '/_emulator/clock', { now: START })).body.error).toContain(
      'never runs backwards',
    );
    expect((await l.call('POST', '/_emulator/clock', { rate: 60 })).body).toMatchObject({
      rate: 60,
      stopped: false,
    });
    expect((await l.call('POST', '/_emulator/clock', { stopped: true })).body).toMatchObject({ rate: 0 });
    expect((await l.call('POST', '/_emulator/clock', { stopped: false })).body).toMatchObject({ rate: 1 });
    for (const wrong of [
      { now: 9_000_000_000_000_000 },
      {},
      { advanceMs: -1 },
      { advanceMs: 1, now: 1 },
      { rate: 0 },
      { day: 1 },
    ]) {
      expect((await l.call('POST', '/_emulator/clock', wrong)).status).toBe(400);
    }
    expect((await l.call('GET', '/_emulator/clock')).status).toBe(200);
  });

  test('of two that set it at once, the one that comes too late is told what is wrong', async () => {
    const l = await open();
    let release = (): void => undefined;
    l.receiver.onReceived = () => new Promise((resolve) => (release = resolve));
    const written = write(l, 'Hi');
    await l.receiver.until(() => true);
    const advanced = l.emulator.advance(HOUR_MS);
    const setting = l.call('POST', '/_emulator/clock', { now: START + 1 });
    // Answered after the order before it has been taken.
    await l.call('GET', '/_emulator/clock');
    release();
    const late = await setting;
    await Promise.all([written, advanced]);
    expect([late.status, late.body.error]).toEqual([400, expect.stringContaining('Cannot set the clock')]);
  });
});

describe('batches and order', () => {
  const batch = ({ call }: Lab, messages: object[], more: object = {}) =>
    call('POST', '/_emulator/inbound/batch', {
      messages: messages.map((message) => ({ number: NUMBER.id, from: { waId: CONTACT }, ...message })),
      ...more,
    });
  const text = (body: string) => ({ message: { type: 'text', text: body } });

  test('several contacts, numbers and WABAs come in one webhook, each where Meta puts it', async () => {
    const second = { ...NUMBER, id: '2', displayNumber: '2' };
    const third = { ...NUMBER, id: '3', displayNumber: '3', wabaId: '33' };
    const l = await open({ numbers: [NUMBER, second, third] });
    const ana = { waId: '16505550001', name: 'Ana' };
    const { status } = await batch(l, [
      { ...text('a'), from: ana, duplicate: 1 },
      { ...text('b'), number: third.id },
      { ...text('c'), number: second.id },
      { ...text('d'), from: { userId: 'US.42' } },
    ]);
    expect(status).toBe(200);
    const [received, ...more] = l.receiver.received;
    expect([received?.isSigned, more]).toEqual([true, []]);
    const value = (id: string, contacts: object[], bodies: string[]) => ({
      field: 'messages',
      value: expect.objectContaining({
        metadata: expect.objectContaining({ phone_number_id: id }),
        contacts,
        messages: bodies.map((body) => expect.objectContaining({ text: { body } })),
      }),
    });
    expect(received?.entry).toEqual([
      {
        id: NUMBER.wabaId,
        changes: [
          value(
            NUMBER.id,
            [{ profile: { name: 'Ana' }, wa_id: ana.waId }, { user_id: 'US.42' }],
            ['a', 'a', 'd'],
          ),
          value('2', [{ wa_id: CONTACT }], ['c']),
        ],
      },
      { id: '33', changes: [value('3', [{ wa_id: CONTACT }], ['b'])] },
    ]);
  });

  test('a webhook is never larger than 3 MB', async () => {
    const l = await open();
    const long = 'a'.repeat(1_000_000);
    await batch(l, [text(`${long}1`), text(`${long}2`), text(`${long}3`), text(`${long}4`)]);
    expect(l.receiver.received.map(({ value }) => value.messages?.length)).toEqual([2, 2]);
    for (const { raw } of l.receiver.received) expect(raw.length).toBeLessThan(3 * 1_048_576);
  });

  test('a webhook has at most 1,000 updates, copies included', async () => {
    const l = await open();
    await batch(
      l,
      Array.from({ length: 600 }, (_, n) => ({ ...text(`${n}`), duplicate: 1 })),
    );
    expect(l.receiver.received.map(({ value }) => value.messages?.length)).toEqual([600, 600]);
  });

  test('inboundBatch, stopped: who must wait for the next batch is told so, and not kept waiting', async () => {
    const l = await open({ inboundBatch: { max: 2, waitMs: 1_000 } });
    let release = (): void => undefined;
    l.receiver.onReceived = () => new Promise((resolve) => (release = resolve));
    const [, first] = [await write(l, 'a'), write(l, 'b')];
    await l.receiver.until(() => true);
    const more = [await write(l, 'c'), write(l, 'd'), await write(l, 'e')];
    l.receiver.onReceived = () => Promise.resolve();
    release();
    const answers = await Promise.all([first, ...more]);
    expect(answers.map(({ body }) => body['error'] ?? body['status'])).toEqual([
      200,
      'CLOCK_STOPPED',
      200,
      'CLOCK_STOPPED',
    ]);
  });

  test('a batch for a number that is not there is refused as a whole', async () => {
    const l = await open();
    expect((await batch(l, [text('a'), { ...text('b'), number: '404' }])).status).toBe(404);
    expect(l.receiver.received).toEqual([]);
  });

  test('inboundBatch: messages wait for each other', async () => {
    const l = await open({ inboundBatch: { max: 3, waitMs: 1_000 } });
    for (const body of ['a', 'b']) {
      expect((await write(l, body)).body).toMatchObject({ status: 0, error: 'CLOCK_STOPPED' });
    }
    expect(l.receiver.received).toEqual([]);
    await advance(l, 1_000);
    await l.receiver.until(({ value }) => value.messages?.length === 2);
  });

  test('webhookOrder shuffled: the same updates in another order, which repeats with the seed', async () => {
    const orderOf = async (seed: string) => {
      const l = await open({
        webhookOrder: 'shuffled',
        seed,
        statusDelayMs: { sent: 1, delivered: 2, read: 3 },
      });
      for (const body of ['a', 'b', 'c']) {
        await write(l, body);
        await l.send({ text: { body } });
      }
      await advance(l, 10_000);
      const kinds = textsOf(l.receiver).flat();
      await l.close();
      lab = undefined;
      return kinds;
    };
    const textsOf = ({ received }: Receiver) =>
      received.map(({ value }) =>
        (value.statuses ?? value.messages ?? []).map(
          (item) => `${String(item['status'] ?? item['type'])} ${item.id}`,
        ),
      );
    const [one, same, other] = [await orderOf('dice'), await orderOf('dice'), await orderOf('other')];
    expect(one).toHaveLength(12);
    expect(same).toEqual(one);
    expect(other.map((kind) => kind.split(' ')[0])).not.toEqual(one.map((kind) => kind.split(' ')[0]));
  });
});
