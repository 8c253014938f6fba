import { afterEach, describe, expect, test } from '@jest/globals';
import { LIMIT_NAMES, type LimitName, enforceLimits } from './index.ts';
import { type Answer, CONTACT, type Lab, NUMBER, startLab } from './testing/lab.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

const QUICK = { sent: 5, delivered: 10, read: 15 };
const HI = { text: { body: 'Hi' } };
const TEMPLATE = { type: 'template', template: { name: 'offer', language: { code: 'en' } } };
const THROTTLES: ReadonlySet<LimitName> = new Set(['throughput', 'pair']);

interface Trespass {
  code: number;
  title: string;
  details: RegExp;
  /** Sends that are fine, then the one that exceeds the limit. */
  commit: (lab: Lab) => Promise<Answer>;
}

const TRESPASSES: Record<LimitName, Trespass> = {
  throughput: {
    code: 130429,
    title: 'Rate limit hit',
    details: /^Cloud API message throughput has been reached\.$/,
    // How fast sends follow each other is not ours to say; two within a second are enough.
    async commit({ send, emulator }) {
      for (let n = 0; n < 100; n += 1) {
        const answer = await send({ ...TEMPLATE, to: `165055501${String(n).padStart(2, '0')}` });
        const { refusals = 0, violations = 0 } = emulator.limits()[NUMBER.id]?.throughput ?? {};
        if (refusals + violations > 0) return answer;
      }
      throw new Error('No two sends came within a second');
    },
  },
  pair: {
    code: 131056,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details: /within a short time/,
    async commit({ send, call }) {
      await hear(call);
      for (let n = 0; n < 45; n += 1) expect((await send(HI)).status).toBe(200);
      return send(HI);
    },
  },
  tier: {
    code: 131048,
    title: 'Spam rate limit hit',
    details: /outside the customer service window/,
    async commit({ send }) {
      for (const to of ['16505550001', '16505550002', '16505550001']) {
        expect((await send({ ...TEMPLATE, to })).status).toBe(200);
      }
      return send({ ...TEMPLATE, to: '16505550003' });
    },
  },
  window: {
    code: 131047,
    title: 'Re-engagement message',
    details: /More than 24 hours/,
    commit: ({ send }) => send(HI),
  },
  optOut: {
    code: 131050,
    title: 'User has stopped receipt of marketing messages',
    details: /no marketing messages/,
    async commit({ send, call }) {
      const value = { user_preferences: [{ wa_id: CONTACT, category: 'marketing_messages', value: 'stop' }] };
      await call('POST', '/_emulator/account', { number: NUMBER.id, field: 'user_preferences', value });
      return send(TEMPLATE);
    },
  },
};

function hear(call: Lab['call']) {
  const message = { type: 'text', text: 'Hi' };
  return call('POST', '/_emulator/inbound', { number: NUMBER.id, from: { waId: CONTACT }, message });
}

/** The receipts of an accepted message, once the last of them has come. */
async function statusesOf({ receiver }: Lab, { body }: Answer, last: string) {
  const wamid = body.messages?.[0].id;
  const own = () => receiver.statuses().filter(({ id }) => id === wamid);
  await receiver.until(() => own().some(({ status }) => status === last));
  return own();
}

/** A number whose limits are wide but for the one that the test is about. */
async function open(name: LimitName, options: Parameters<typeof startLab>[0]): Promise<Lab> {
  const number = {
    ...NUMBER,
    throughput: name === 'throughput' ? 1 : 10_000,
    ...(name === 'tier' ? { tierLimit: 2 } : {}),
  };
  lab = await startLab({ numbers: [number], ...options });
  return lab;
}

describe.each(LIMIT_NAMES.map((name) => [name, TRESPASSES[name]] as const))('%s', (name, trespass) => {
  const error = {
    code: trespass.code,
    message: `(#${trespass.code}) ${trespass.title}`,
    type: 'OAuthException',
  };

  test.each([400, 429] as const)('is refused by the API, throttles with %d', async (throttleHttp) => {
    const l = await open(name, { enforce: enforceLimits([name], 'api'), throttleHttp });
    const { status, body } = await trespass.commit(l);
    expect(status).toBe(THROTTLES.has(name) ? throttleHttp : 400);
    expect(body.error).toMatchObject({
      ...error,
      error_data: { messaging_product: 'whatsapp', details: expect.stringMatching(trespass.details) },
      fbtrace_id: expect.any(String),
    });
    expect(l.emulator.limits()[NUMBER.id]?.[name]).toMatchObject({ refusals: 1, violations: 0 });
    expect((await l.call('GET', '/_emulator/stats')).body.refused).toEqual({ [trespass.code]: 1 });
  });

  test('is accepted, then failed by a status', async () => {
    const l = await open(name, { enforce: enforceLimits([name], 'status'), statusDelayMs: QUICK });
    const answer = await trespass.commit(l);
    expect(answer.status).toBe(200);
    const statuses = await statusesOf(l, answer, 'failed');
    expect(statuses).toMatchObject([
      {
        status: 'failed',
        errors: [
          {
            code: trespass.code,
            title: trespass.title,
            error_data: { details: expect.stringMatching(trespass.details) },
          },
        ],
      },
    ]);
    expect(l.emulator.limits()[NUMBER.id]?.[name]).toMatchObject({ refusals: 1, violations: 1 });
    expect(l.emulator.ledger().at(-1)).toMatchObject({ wamid: statuses[0]?.id, tierCounted: false });
  });

  test('is only measured when nobody asks', async () => {
    const l = await open(name, { statusDelayMs: QUICK });
    const answer = await trespass.commit(l);
    expect(answer.status).toBe(200);
    expect(l.emulator.limits()[NUMBER.id]?.[name]).toMatchObject({ refusals: 0, violations: 1 });
    const statuses = await statusesOf(l, answer, 'read');
    expect(statuses.map(({ status }) => status)).not.toContain('failed');
  });
});

test('a place in the tier counts from the delivery on', async () => {
  const numbers = [{ ...NUMBER, tierLimit: 1 }];
  const statusDelayMs = { ...QUICK, delivered: 2_900 };
  lab = await startLab({ numbers, statusDelayMs, tierWindowMs: 3_000, enforce: { tier: 'api' } });
  await lab.send({ ...TEMPLATE, to: '16505550001' });
  const sentMs = lab.emulator.ledger()[0]?.arrivedMs ?? 0;
  await lab.receiver.until(
    () => lab?.receiver.statuses().some(({ status }) => status === 'delivered') === true,
  );
  await lab.receiver.until(() => performance.timeOrigin + performance.now() > sentMs + 3_050);
  expect((await lab.send({ ...TEMPLATE, to: '16505550002' })).status).toBe(400);
});

describe('/_emulator/limits', () => {
  test('tells how near each limit was come, and forgets it when asked', async () => {
    lab = await startLab({ numbers: [{ ...NUMBER, tierLimit: 250 }] });
    await hear(lab.call);
    await lab.send(HI);
    await lab.send({ ...TEMPLATE, to: '16505550002' });
    const read = async () => (await lab?.call('GET', '/_emulator/limits'))?.body['numbers'];
    expect(await read()).toEqual({ [NUMBER.id]: lab.emulator.limits()[NUMBER.id] });
    expect(await read()).toMatchObject({
      [NUMBER.id]: {
        throughput: { limit: 80, peak: 3, violations: 0, refusals: 0, blurMs: expect.any(Number) },
        pair: { limit: 45, peak: 1, lowestLevel: 44 },
        tier: { limit: 250, peak: 1 },
        window: { limit: 86_400_000, violations: 0 },
        optOut: { limit: 0, peak: 0, peakAtMs: null },
      },
    });
    await lab.call('DELETE', '/_emulator/limits');
    expect(await read()).toMatchObject({ [NUMBER.id]: { throughput: { peak: 0, peakAtMs: null } } });
  });
});
