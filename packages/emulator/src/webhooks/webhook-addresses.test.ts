import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, NUMBER, startLab } from '../testing/lab.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';

const OTHER = { ...NUMBER, id: '206540352242922', displayNumber: '+1 555-078-3882' } as const;
const FAR = { ...OTHER, id: '3', wabaId: '33', accessToken: 'other' } as const;

let lab: Lab;
let second: Receiver;
let third: Receiver;
beforeAll(async () => {
  [second, third] = [await startReceiver(NUMBER.appSecret), await startReceiver(NUMBER.appSecret)];
  lab = await startLab({ numbers: [NUMBER, OTHER, FAR] });
});
afterAll(async () => {
  await lab.close();
  await second.close();
  await third.close();
});
afterEach(async () => {
  for (const { id } of [NUMBER, FAR]) {
    for (const scope of ['app', 'waba', 'number']) {
      await lab.call('POST', '/_emulator/webhook', { number: id, scope, url: null });
    }
  }
  for (const receiver of [lab.receiver, second, third]) {
    receiver.received.length = 0;
    receiver.verifications.length = 0;
    receiver.verifyToken = 'word';
  }
});

const set = (receiver: { url: string }, scope: string, more: object = {}) =>
  lab.call('POST', '/_emulator/webhook', {
    number: NUMBER.id,
    scope,
    url: `${receiver.url}/hook?a=1`,
    verifyToken: 'word',
    ...more,
  });
const write = (number: string) =>
  lab.call('POST', '/_emulator/inbound', {
    number,
    from: { waId: '16505551234' },
    message: { type: 'text', text: 'Hi' },
  });
const counts = () => [lab.receiver, second, third].map(({ received }) => received.length);

describe('POST /_emulator/webhook', () => {
  test('asks the address as Meta does, keeping its query, and then uses it', async () => {
    expect((await set(second, 'app')).body).toEqual({ success: true });
    const [asked] = second.verifications;
    expect(asked).toMatch(
      /^\/hook\?a=1&hub\.mode=subscribe&hub\.challenge=[0-9]{10}&hub\.verify_token=word$/,
    );
    await write(NUMBER.id);
    expect(second.received.map(({ path, isSigned }) => [path, isSigned])).toEqual([['/hook?a=1', true]]);
  });

  test('the address of a number wins over that of its WABA, and that over the app’s', async () => {
    await set(second, 'waba');
    await set(third, 'number');
    for (const { id } of [NUMBER, OTHER, FAR]) await write(id);
    expect(counts()).toEqual([1, 1, 1]);
    await lab.call('POST', '/_emulator/webhook', { number: NUMBER.id, scope: 'number', url: null });
    await write(NUMBER.id);
    expect(counts()).toEqual([1, 2, 1]);
  });

  test('news of the account goes to the app’s address, whatever number and WABA have', async () => {
    await set(second, 'waba');
    await set(third, 'number');
    await lab.call('POST', '/_emulator/account', { number: NUMBER.id, field: 'security', value: {} });
    expect(counts()).toEqual([1, 0, 0]);
  });

  test.each([
    [
      'another token',
      () => (second.verifyToken = 'another'),
      'HTTP Status Code = 403; HTTP Message = Forbidden',
    ],
  ])('says why an address was not verified, and does not use it: %s', async (_label, prepare, reason) => {
    prepare();
    const { status, body } = await set(second, 'app');
    expect([status, body.error]).toEqual([
      400,
      `(#2200) Callback verification failed with the following errors: ${reason}`,
    ]);
    await write(NUMBER.id);
    expect(counts()).toEqual([1, 0, 0]);
  });

  test('says so when nobody is there, or something else answers', async () => {
    const nobody = await set({ url: 'http://127.0.0.1:9' }, 'app');
    expect(nobody.body.error).toContain('No answer (ECONNREFUSED)');
    const page = await set({ url: `${lab.emulator.url}/chat` }, 'app', { url: `${lab.emulator.url}/chat` });
    expect(page.body.error).toContain('The response does not match the challenge, expected value="');
  });

  test('only asks, when that is all that is wanted', async () => {
    expect((await set(second, 'app', { verifyOnly: true })).body).toEqual({ success: true });
    expect(second.verifications).toHaveLength(1);
    expect((await set(second, 'app', { verifyOnly: true, url: null })).status).toBe(400);
    await write(NUMBER.id);
    expect(counts()).toEqual([1, 0, 0]);
  });

  test('an address that answers with a redirect, for ever, or with too much is not verified', async () => {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      if (pathname === '/moved') return void response.writeHead(302, { location: second.url }).end();
      if (pathname === '/much') return void response.end('1'.repeat(20_000_000));
      response.writeHead(200);
      response.write('1');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const impatient = await startLab({ webhookTimeoutMs: 200 });
    try {
      const ask = async (path: string) => {
        const order = { number: NUMBER.id, url: `${base}${path}`, verifyToken: 'word' };
        return (await impatient.call('POST', '/_emulator/webhook', order)).body.error;
      };
      expect(await ask('/moved')).toContain('HTTP Status Code = 302');
      const much = await ask('/much');
      expect(much).toContain('does not match the challenge');
      expect(JSON.stringify(much).length).toBeLessThan(500);
      expect(await ask('/slow')).toContain('No answer (TIMEOUT)');
      expect(second.verifications).toEqual([]);
    } finally {
      await impatient.close();
      server.closeAllConnections();
      server.close();
    }
  });

  test('is refused for an address that is none, and for a number that is not there', async () => {
    expect((await set(second, 'app', { url: 'ftp://a' })).status).toBe(400);
    expect((await set(second, 'app', { url: `${second.url}/${'a'.repeat(200)}` })).status).toBe(400);
    expect((await set(second, 'app', { number: '404' })).status).toBe(404);
  });
});

describe('POST /_emulator/app', () => {
  test('another app gets a copy of every webhook of the WABA, signed with its own secret', async () => {
    const app = await startReceiver('another_secret');
    try {
      await lab.call('POST', '/_emulator/app', { number: FAR.id, url: app.url, appSecret: 'another_secret' });
      await write(FAR.id);
      await write(NUMBER.id);
      const [copy, ...more] = await app.until(() => true);
      expect([copy?.isSigned, more]).toEqual([true, []]);
      expect(copy?.raw).toBe(lab.receiver.received[0]?.raw);
    } finally {
      await app.close();
    }
  });

  test('another app hears of its WABA alone, also where a webhook is of several', async () => {
    const app = await startReceiver('another_secret');
    const own = await startLab({ numbers: [NUMBER, FAR] });
    const batch = (...numbers: string[]) =>
      own.call('POST', '/_emulator/inbound/batch', {
        messages: numbers.map((number) => ({
          number,
          from: { waId: '16505551234' },
          message: { type: 'text', text: 'Hi' },
        })),
      });
    try {
      await own.call('POST', '/_emulator/app', { number: FAR.id, url: app.url, appSecret: 'another_secret' });
      await batch(NUMBER.id, FAR.id);
      await batch(FAR.id, NUMBER.id);
      await app.until(() => true, 2);
      expect(app.received.map(({ entry }) => entry.map(({ id }) => id))).toEqual([['33'], ['33']]);
      expect(own.receiver.received.map(({ entry }) => entry.map(({ id }) => id).sort())).toEqual([
        [NUMBER.wabaId, '33'],
        [NUMBER.wabaId, '33'],
      ]);
    } finally {
      await own.close();
      await app.close();
    }
  });

  test('another app that is subscribed twice hears once', async () => {
    const app = await startReceiver('another_secret');
    const own = await startLab({ clock: { stopped: true } });
    try {
      const order = { number: NUMBER.id, url: app.url, appSecret: 'another_secret' };
      await own.call('POST', '/_emulator/app', order);
      await own.call('POST', '/_emulator/app', order);
      const message = { type: 'text', text: 'Hi' };
      await own.call('POST', '/_emulator/inbound', {
        number: NUMBER.id,
        from: { waId: '16505551234' },
        message,
      });
      await own.emulator.advance(1_000);
      expect(app.received).toHaveLength(1);
    } finally {
      await own.close();
      await app.close();
    }
  });

  test('an address that no request can be made to is one that does not answer', async () => {
    const own = await startLab({ clock: { stopped: true } });
    try {
      await own.call('POST', '/_emulator/app', {
        number: NUMBER.id,
        url: 'http://a:%@127.0.0.1:9/',
        appSecret: 'x',
      });
      const message = { type: 'text', text: 'Hi' };
      const answer = await own.call('POST', '/_emulator/inbound', {
        number: NUMBER.id,
        from: { waId: '16505551234' },
        message,
      });
      await own.emulator.advance(0);
      expect(answer.body).toMatchObject({ status: 200 });
      expect((await own.call('GET', '/_emulator/webhooks')).text).toContain(
        '"status":0,"error":"BAD_ADDRESS"',
      );
    } finally {
      await own.close();
    }
  });
});
