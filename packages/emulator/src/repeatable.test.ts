import { describe, expect, test } from '@jest/globals';
import { CONTACT, type Lab, NUMBER, startLab } from './testing/lab.ts';

const START = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

/** A day of everything: answers, faults, limits, receipts in any order, repeats, news, media and moves. */
async function live(lab: Lab): Promise<unknown[]> {
  const said: unknown[] = [];
  const order = async (path: string, body: object) => {
    const { status, text } = await lab.call('POST', `/_emulator/${path}`, body);
    said.push([path, status, text]);
  };
  const send = async (message: object) => {
    const { status, text, headers } = await lab.send({ ...message });
    said.push(['send', status, text, headers.get('x-fb-trace-id')]);
  };
  const write = (message: object, more: object = {}) =>
    order('inbound', { number: NUMBER.id, from: { waId: CONTACT, name: 'Ana' }, message, ...more });
  await write({ type: 'text', text: 'Olá' });
  await write({ type: 'image', data: Buffer.from('a picture').toString('base64') });
  for (const fault of [
    { kind: 'shuffle_statuses' },
    { kind: 'duplicate_status' },
    { kind: 'error', code: 131000, title: 'Something went wrong' },
  ]) {
    await order('faults', { fault, times: 'always', probability: 0.5 });
  }
  for (let n = 0; n < 30; n += 1) {
    await send({ text: { body: `Hi ${n}` }, biz_opaque_callback_data: `job-${n}` });
    if (n % 7 === 0) await order('clock', { advanceMs: 100 });
  }
  lab.receiver.status = 503;
  await order('clock', { advanceMs: HOUR_MS });
  lab.receiver.status = 200;
  await order('account', { number: NUMBER.id, event: 'template_paused' });
  await order('clock', { advanceMs: 24 * HOUR_MS });
  await send({ text: { body: 'too late' } });
  await write({ type: 'user_changed_number', waId: '16505550009' });
  await write({ type: 'reaction', wamid: 'wamid.a', emoji: '👍' });
  await order('clock', { advanceMs: HOUR_MS });
  return said;
}

async function run(seed: string) {
  const lab = await startLab({
    seed,
    clock: { now: START, stopped: true },
    statusDelayMs: {},
    enforce: { window: 'status', pair: 'api' },
    redelivery: 'meta',
    webhookOrder: 'shuffled',
    userIds: true,
  });
  try {
    const said = await live(lab);
    const port = (text: string) => text.replaceAll(/127\.0\.0\.1:[0-9]+/g, '127.0.0.1');
    return {
      said: said.map((one) => port(JSON.stringify(one))),
      received: lab.receiver.received.map(({ raw, isSigned, path }) => [port(raw), isSigned, path]),
      ledger: lab.emulator.ledger(),
      limits: lab.emulator.limits(),
      contacts: (await lab.call('GET', '/_emulator/contacts')).text,
    };
  } finally {
    await lab.close();
  }
}

describe('startEmulator() with a seed and a stopped clock', () => {
  test('answers, posts, counts and draws the same when the same is asked of it', async () => {
    const [one, same, other] = [await run('dice'), await run('dice'), await run('other dice')];
    expect(one.received.length).toBeGreaterThan(60);
    expect(same).toEqual(one);
    expect(other.received).not.toEqual(one.received);
  });
});
