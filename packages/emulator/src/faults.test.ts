import { afterEach, describe, expect, test } from '@jest/globals';
import { type Received } from './testing/receiver.ts';
import { type Lab, NUMBER, startLab } from './testing/lab.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

const QUICK = { sent: 5, delivered: 10, read: 15 };
const HI = { text: { body: 'Hi' } };
const TEMPLATE = { type: 'template', template: { name: 'hello', language: { code: 'en' } } };
const isStatus = (received: Received) => received.value.statuses !== undefined;

async function open(options: Parameters<typeof startLab>[0] = {}): Promise<Lab> {
  lab = await startLab({ statusDelayMs: QUICK, ...options });
  return lab;
}

const order = (l: Lab, fault: object, more: object = {}) =>
  l.call('POST', '/_emulator/faults', { fault, ...more });

/** Sends one message that meets the fault, then waits for so many receipts: kind by kind, as they came. */
async function kindsAfter(l: Lab, fault: object, count: number): Promise<string[]> {
  await order(l, fault);
  await l.send(HI);
  return (await l.receiver.untilStatuses(count)).map(({ status }) => status);
}

describe('faults of the answer', () => {
  test('error: as many times as ordered, in Meta’s envelope', async () => {
    const l = await open();
    const fault = { kind: 'error', http: 429, code: 130429, title: 'Rate limit hit', details: 'Slow down' };
    await order(l, fault, { times: 2 });
    const answers = [await l.send(HI), await l.send(HI), await l.send(HI)];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.body.error).toEqual({
      message: '(#130429) Rate limit hit',
      type: 'OAuthException',
      code: 130429,
      error_data: { messaging_product: 'whatsapp', details: 'Slow down' },
      fbtrace_id: expect.stringMatching(/^A/),
    });
    expect(l.emulator.ledger()).toHaveLength(1);
    expect((await l.call('GET', '/_emulator/stats')).body.refused).toEqual({ '130429': 2 });
  });

  test('error: with subcode, own text, transience and the headers of a throttled call', async () => {
    const l = await open();
    const app = { call_count: 100, total_time: 5, total_cputime: 5 };
    const businessUseCase = {
      '9': [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 19 }],
    };
    await order(l, {
      kind: 'error',
      http: 503,
      code: 2,
      subcode: 99,
      title: 'API Service',
      message: 'Service temporarily unavailable',
      isTransient: true,
      retryAfterS: 7,
      usage: { app, businessUseCase },
    });
    const { status, headers, body } = await l.send(HI);
    expect(status).toBe(503);
    expect(body.error).toMatchObject({
      message: 'Service temporarily unavailable',
      code: 2,
      error_subcode: 99,
      is_transient: true,
    });
    expect(headers.get('retry-after')).toBe('7');
    expect(JSON.parse(headers.get('x-app-usage') ?? '')).toEqual(app);
    expect(JSON.parse(headers.get('x-business-use-case-usage') ?? '')).toEqual(businessUseCase);
  });

  test('error 401: with the header that says why', async () => {
    const l = await open();
    await order(l, { kind: 'error', http: 401, code: 190, subcode: 460, title: 'x', message: 'Changed' });
    expect((await l.send(HI)).headers.get('www-authenticate')).toContain('"Changed"');
  });

  test('http: an answer that is no Graph error', async () => {
    const l = await open();
    await order(l, { kind: 'http', status: 502, body: '<h1>Bad gateway</h1>' });
    expect(await l.send(HI)).toMatchObject({ status: 502, text: '<h1>Bad gateway</h1>' });
    expect(l.emulator.ledger()).toHaveLength(0);
  });

  test.each([0, 100])('reset_before_accept after %d ms: no answer, no message', async (ms) => {
    const l = await open();
    await order(l, { kind: 'reset_before_accept', ms });
    const begin = performance.now();
    await expect(l.send(HI)).rejects.toThrow();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(ms - 5);
    expect(l.emulator.ledger()).toHaveLength(0);
  });

  test.each([0, 100])('reset_after_accept after %d ms: no answer, but message and receipts', async (ms) => {
    const l = await open();
    await order(l, { kind: 'reset_after_accept', ms });
    const begin = performance.now();
    await expect(l.send(HI)).rejects.toThrow();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(ms - 5);
    const [received] = await l.receiver.until(isStatus);
    expect(received?.value.statuses?.[0]?.id).toBe(l.emulator.ledger()[0]?.wamid);
  });

  test('delay: acceptance and answer come late', async () => {
    const l = await open();
    await order(l, { kind: 'delay', ms: 150 });
    const begin = performance.now();
    expect((await l.send(HI)).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(145);
    const [entry] = l.emulator.ledger();
    expect((entry?.at ?? 0) - (entry?.arrivedMs ?? 0)).toBeGreaterThanOrEqual(145);
  });

  test('delay: accepted even when the sender has gone meanwhile', async () => {
    const l = await open();
    await order(l, { kind: 'delay', ms: 150 });
    const url = `${l.emulator.url}/v25.0/${NUMBER.id}/messages`;
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: '16505551234', ...HI });
    const headers = { authorization: `Bearer ${NUMBER.accessToken}` };
    const signal = AbortSignal.timeout(50);
    await expect(fetch(url, { method: 'POST', body, headers, signal })).rejects.toThrow();
    await l.receiver.untilStatuses(1);
    expect(l.emulator.ledger()).toHaveLength(1);
  });

  test('cut_answer: accepted, and only half of the answer comes', async () => {
    const l = await open();
    await order(l, { kind: 'cut_answer' });
    const url = `${l.emulator.url}/v25.0/${NUMBER.id}/messages`;
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: '16505551234', ...HI });
    const headers = { authorization: `Bearer ${NUMBER.accessToken}` };
    const response = await fetch(url, { method: 'POST', body, headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(l.emulator.ledger()).toHaveLength(1);
  });

  test('slow_answer: accepted at once, the answer comes whole and late', async () => {
    const l = await open();
    await order(l, { kind: 'slow_answer', ms: 300 });
    const begin = performance.now();
    let isAnswered = false;
    const sent = l.send(HI).finally(() => (isAnswered = true));
    await l.receiver.untilStatuses(1);
    expect(isAnswered).toBe(false);
    const { status, body } = await sent;
    expect(performance.now() - begin).toBeGreaterThanOrEqual(295);
    expect([status, body.messages?.[0].id]).toEqual([200, l.emulator.ledger()[0]?.wamid]);
  });
});

describe('faults of the message', () => {
  const failure = { code: 131026, title: 'Message undeliverable', details: 'No WhatsApp there' };

  test('failed_status: accepted, then reported as failed and as nothing else', async () => {
    const l = await open();
    await order(l, { kind: 'failed_status', ...failure });
    expect((await l.send({ ...HI, biz_opaque_callback_data: 'job' })).status).toBe(200);
    const { body } = await l.send(HI);
    const statuses = await l.receiver.untilStatuses(4);
    const failed = statuses.filter(({ id }) => id !== body.messages?.[0].id);
    expect(failed).toEqual([
      {
        id: l.emulator.ledger()[0]?.wamid,
        status: 'failed',
        timestamp: expect.any(String),
        recipient_id: '16505551234',
        biz_opaque_callback_data: 'job',
        errors: [
          {
            code: 131026,
            title: 'Message undeliverable',
            message: 'Message undeliverable',
            error_data: { details: 'No WhatsApp there' },
            href: expect.stringContaining('https://'),
          },
        ],
      },
    ]);
  });

  test('failed_status: without the callback data, when that is so at Meta', async () => {
    const l = await open({ failedStatusTag: false });
    await order(l, { kind: 'failed_status', ...failure });
    await l.send({ ...HI, biz_opaque_callback_data: 'job' });
    await l.send({ ...HI, biz_opaque_callback_data: 'job' });
    for (const status of await l.receiver.untilStatuses(4)) {
      expect('biz_opaque_callback_data' in status).toBe(status.status !== 'failed');
    }
  });

  test('late_failed_status: sent, and failed so much later', async () => {
    const l = await open();
    const kinds = await kindsAfter(l, { kind: 'late_failed_status', ...failure, ms: 1_000 }, 2);
    expect(kinds.sort()).toEqual(['failed', 'sent']);
    expect(Date.now() - (l.emulator.ledger()[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_005);
    const times = new Map(l.receiver.statuses().map((one) => [one.status, Number(one['timestamp'])]));
    expect((times.get('failed') ?? 0) - (times.get('sent') ?? 0)).toBe(1);
  });

  test('held: a template is answered as held, and takes its course when it is released', async () => {
    const l = await open({ clock: { stopped: true } });
    await order(l, { kind: 'held', ms: 3_600_000 });
    expect((await l.send(HI)).body.messages?.[0]).not.toHaveProperty('message_status');
    const held = await l.send(TEMPLATE);
    expect(held.body.messages?.[0]).toMatchObject({ message_status: 'held_for_quality_assessment' });
    expect((await l.send(TEMPLATE)).body.messages?.[0]).toMatchObject({ message_status: 'accepted' });
    const kinds = () =>
      l.receiver.statuses().flatMap(({ id, status }) => (id === held.body.messages?.[0].id ? [status] : []));
    await l.emulator.advance(3_600_000);
    expect(kinds()).toEqual([]);
    await l.emulator.advance(1_000);
    expect(kinds()).toEqual(['sent', 'delivered', 'read']);
  });

  test('held: a template that is dropped fails with 132015 and gives its place in the tier back', async () => {
    const l = await open({
      clock: { stopped: true },
      numbers: [{ ...NUMBER, tierLimit: 1 }],
      enforce: { tier: 'api' },
    });
    await order(l, { kind: 'held', ms: 60_000, outcome: 'dropped' });
    await l.send(TEMPLATE);
    const other = { ...TEMPLATE, to: '15550100002' };
    expect((await l.send(other)).status).toBe(400);
    await l.emulator.advance(60_000);
    const errors = [expect.objectContaining({ code: 132_015 })];
    expect(l.receiver.statuses()).toMatchObject([{ status: 'failed', errors }]);
    expect((await l.send(other)).status).toBe(200);
  });

  test('held: an order that no message can meet is refused', async () => {
    const l = await open();
    const { status, body } = await order(l, { kind: 'held', ms: 1 }, { match: { type: 'text' } });
    expect([status, body.error]).toEqual([400, expect.stringContaining('only a template is held')]);
  });

  test('a failed message gives its place in the tier back', async () => {
    const l = await open({ numbers: [{ ...NUMBER, tierLimit: 1 }], enforce: { tier: 'api' } });
    await order(l, { kind: 'failed_status', ...failure });
    await l.send({ ...TEMPLATE, to: '16505550001' });
    await l.receiver.untilStatuses(1);
    expect((await l.send({ ...TEMPLATE, to: '16505550002' })).status).toBe(200);
    expect((await l.send({ ...TEMPLATE, to: '16505550003' })).status).toBe(400);
  });
});

describe('faults of the receipts', () => {
  test('duplicate_status: each twice', async () => {
    const kinds = await kindsAfter(await open(), { kind: 'duplicate_status' }, 6);
    expect(kinds.sort()).toEqual(['delivered', 'delivered', 'read', 'read', 'sent', 'sent']);
  });

  test('shuffle_statuses: when all have happened, each with its own time', async () => {
    const l = await open({ statusDelayMs: { sent: 5, delivered: 1_010, read: 1_015 } });
    await order(l, { kind: 'shuffle_statuses' });
    await l.send(HI);
    await l.receiver.untilStatuses(1);
    expect(Date.now() - (l.emulator.ledger()[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_015);
    const statuses = await l.receiver.untilStatuses(3);
    const times = new Map(statuses.map((one) => [one.status, Number(one['timestamp'])]));
    expect(times.get('sent')).toBeLessThan(times.get('delivered') ?? 0);
    expect(times.size).toBe(3);
  });

  test('delay_statuses: late, with the time at which they happened', async () => {
    const l = await open();
    await kindsAfter(l, { kind: 'delay_statuses', ms: 1_200 }, 3);
    const [entry] = l.emulator.ledger();
    expect(Date.now() - (entry?.at ?? 0)).toBeGreaterThanOrEqual(1_200);
    for (const status of l.receiver.statuses()) {
      expect(Number(status['timestamp']) * 1_000).toBeLessThan((entry?.at ?? 0) + 1_000);
    }
  });

  test('drop_statuses: none of this message, those of the next', async () => {
    const l = await open();
    await order(l, { kind: 'drop_statuses' });
    await l.send(HI);
    const { body } = await l.send(HI);
    const statuses = await l.receiver.untilStatuses(3);
    expect(new Set(statuses.map(({ id }) => id))).toEqual(new Set([body.messages?.[0].id]));
  });
});

describe('faults', () => {
  test('of different sorts meet in one send: a lost answer and lost receipts', async () => {
    const l = await open();
    await order(l, { kind: 'drop_statuses' });
    await order(l, { kind: 'reset_after_accept' });
    await expect(l.send(HI)).rejects.toThrow();
    const { body } = await l.send(HI);
    const statuses = await l.receiver.untilStatuses(3);
    expect(new Set(statuses.map(({ id }) => id))).toEqual(new Set([body.messages?.[0].id]));
    expect(l.emulator.ledger()).toHaveLength(2);
  });

  test('of a message wait for one that is accepted', async () => {
    const l = await open();
    await order(l, { kind: 'failed_status', code: 131026, title: 'Message undeliverable' });
    await order(l, { kind: 'http', status: 500 });
    expect((await l.send(HI)).status).toBe(500);
    expect((await l.send({ text: { body: '' } })).status).toBe(400);
    expect((await l.send(HI)).status).toBe(200);
    expect((await l.receiver.untilStatuses(1))[0]?.status).toBe('failed');
  });

  test('of one sort come in the order in which they were ordered', async () => {
    const l = await open();
    for (const status of [500, 502, 503]) await order(l, { kind: 'http', status });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await l.send(HI)).status);
    expect(statuses).toEqual([500, 502, 503, 200]);
  });

  test.each([
    ['contact', { to: '16505550000' }, { ...HI, to: '+1 650-555-0000' }, HI],
    ['type', { type: 'template' }, TEMPLATE, HI],
    [
      'template',
      { template: 'hello' },
      TEMPLATE,
      { ...TEMPLATE, template: { ...TEMPLATE.template, name: 'x' } },
    ],
    ['number and type', { number: NUMBER.id, type: 'text' }, HI, TEMPLATE],
  ])('meet only what they match by %s, until they are called off', async (_label, match, hit, miss) => {
    const l = await open();
    await order(l, { kind: 'http', status: 500 }, { match, times: 'always' });
    const answers = [await l.send(miss), await l.send(hit), await l.send(hit)];
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 500]);
    await l.call('DELETE', '/_emulator/faults');
    expect((await l.send(hit)).status).toBe(200);
  });

  test('with a probability spare some sends, the same ones for the same seed', async () => {
    const run = async () => {
      const l = await startLab({ seed: 'dice' });
      await order(l, { kind: 'http', status: 500 }, { probability: 0.5, times: 1_000 });
      const statuses = [];
      for (let n = 0; n < 20; n += 1) statuses.push((await l.send(HI)).status);
      await l.close();
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });

  test.each([
    ['a kind that there is not', { fault: { kind: 'explode' } }, 400],
    ['a member that there is not', { fault: { kind: 'cut_answer', ms: 5 } }, 400],
    ['an error without a code', { fault: { kind: 'error', title: 'x' } }, 400],
    ['a wait of more than two minutes', { fault: { kind: 'delay', ms: 120_001 } }, 400],
    ['a match that there is not', { fault: { kind: 'cut_answer' }, match: { colour: 'red' } }, 400],
    ['no send to meet it', { fault: { kind: 'cut_answer' }, times: 0 }, 400],
    ['a number that there is not', { fault: { kind: 'cut_answer' }, match: { number: '404' } }, 404],
  ])('are refused with %s', async (_label, body, status) => {
    const l = await open();
    expect(await l.call('POST', '/_emulator/faults', body)).toMatchObject({
      status,
      body: { error: expect.any(String) },
    });
    expect((await l.send(HI)).status).toBe(200);
  });
});
