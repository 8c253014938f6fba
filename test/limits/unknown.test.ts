import { afterEach, describe, expect, test } from '@jest/globals';
import { figure } from '../support/figure.ts';
import { waitFor } from '../support/wait.ts';
import { TEMPLATE, contacts, doubles, startSending, type Sending } from './sending.ts';

let sending: Sending | undefined;
afterEach(async () => {
  await sending?.stop();
  sending = undefined;
});

const SENDS = 10_000;

describe('10,000 sends with every tenth answer lost and all statuses shuffled', () => {
  test('nothing goes out twice while statuses flow, and every message ends', async () => {
    sending = await startSending({
      senders: 2,
      numbers: [{ phone_number_id: '100200300', tier: 'unlimited', throughput: 1_000 }],
      // The grace is longer than the emulator rests between two tries of a webhook, as 30 s are for Meta.
      env: { SEND_TIMEOUT_MS: '5000', UNKNOWN_GRACE_MS: '12000', UNKNOWN_FLOOR_MS: '60000' },
      emulator: {
        seed: 'lost replies',
        statusDelayMs: { sent: 200, delivered: 1_000, read: 3_000 },
        statusBatch: { max: 100, waitMs: 20 },
      },
    });
    const target = sending;
    await order(target, { probability: 0.1, fault: { kind: 'reset_after_accept' } });
    await order(target, { fault: { kind: 'shuffle_statuses' } });
    const mids = await target.give(contacts(SENDS), TEMPLATE);
    const open = () => target.open();
    await waitFor(
      async () => ((await open()) === 0 ? true : undefined),
      'every message to be final',
      200_000,
    );
    const entries = target.pipeline.emulator.ledger();
    const states = await target.states(mids);
    const lost = await lostAnswers(target);
    figure(
      `${SENDS} sends, ${lost} answers lost: ${entries.length} accepted, ${doubles(entries).length} twice, states ${JSON.stringify(states)}`,
    );
    expect({ doubles: doubles(entries), states }).toEqual({ doubles: [], states: { sent: SENDS } });
    expect(lost).toBeGreaterThan(SENDS * 0.08);
  }, 300_000);
});

async function order({ pipeline }: Sending, fault: object): Promise<void> {
  const response = await fetch(`${pipeline.emulator.url}/_emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ times: 'always', ...fault }),
  });
  expect(response.status).toBe(200);
}

/** Messages that were an unknown outcome for a while: their records keep the code. */
async function lostAnswers({ redis }: Sending): Promise<number> {
  let count = 0;
  const stream = redis.scanStream({ match: '{s0}:msg:*', count: 1_000 });
  for await (const keys of stream) {
    const batch = redis.pipeline();
    for (const key of keys) batch.hget(String(key), 'code');
    for (const [, code] of (await batch.exec()) ?? []) if (code === 'reset') count += 1;
  }
  return count;
}
