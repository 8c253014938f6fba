import { afterEach, describe, expect, test } from '@jest/globals';
import { figure } from '../support/figure.ts';
import { waitFor } from '../support/wait.ts';
import {
  TEMPLATE,
  accepted,
  contacts,
  doubles,
  limitsOf,
  startSending,
  useOf,
  type Sending,
} from './sending.ts';

// What was allowed is told by the emulator: it counts every sliding second, to the microsecond.

let sending: Sending | undefined;
afterEach(async () => {
  await sending?.stop();
  sending = undefined;
});

const NUMBERS = [{ phone_number_id: '100200300', tier: 'unlimited' as const, throughput: 80 }];
const SHARE_MIN = 0.9;

const allFinal = (target: Sending, withinMs: number) =>
  waitFor(
    async () => ((await target.open()) === 0 ? true : undefined),
    'every message to be final',
    withinMs,
  );

describe('80 messages a second', () => {
  test('three senders use nine tenths of it and never exceed it', async () => {
    sending = await startSending({ senders: 3, numbers: NUMBERS });
    await sending.give(contacts(1_500), TEMPLATE);
    const entries = await accepted(sending, 1_500, 90_000);
    const { peak, violations } = limitsOf(sending).throughput;
    const use = useOf(entries, 80);
    const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
    figure(
      `1,500 messages, 3 senders: peak ${peak} in a second, use ${percent(use.all)}, in the best five seconds ${percent(use.best)}`,
    );
    expect({ violations, doubles: doubles(entries) }).toEqual({ violations: 0, doubles: [] });
    expect(peak).toBeLessThanOrEqual(80);
    expect(use.best).toBeGreaterThanOrEqual(SHARE_MIN);
  }, 120_000);

  test('a sender that stood still for 5 s with 900 messages waiting does not make up for it', async () => {
    sending = await startSending({ numbers: NUMBERS });
    await sending.give(contacts(900), TEMPLATE);
    await accepted(sending, 200, 30_000);
    sending.pipeline.services.get('sender-0')?.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    sending.pipeline.services.get('sender-0')?.signal('SIGCONT');
    const entries = await accepted(sending, 900, 60_000);
    await allFinal(sending, 60_000);
    const { peak, violations } = limitsOf(sending).throughput;
    figure(`a sender stopped for 5 s: peak ${peak} in a second`);
    expect({ violations, doubles: doubles(entries) }).toEqual({ violations: 0, doubles: [] });
    expect(peak).toBeLessThanOrEqual(80);
  }, 150_000);

  test('kill -9 among three senders: none lost, none twice, no second above', async () => {
    sending = await startSending({
      senders: 3,
      numbers: NUMBERS,
      fsync: 'always',
      env: { SEND_TIMEOUT_MS: '2000', UNKNOWN_GRACE_MS: '3000', UNKNOWN_FLOOR_MS: '20000' },
    });
    const mids = await sending.give(contacts(1_200), TEMPLATE);
    for (let kill = 0; kill < 6; kill += 1) {
      await accepted(sending, 150 * (kill + 1), 60_000);
      const name = `sender-${kill % 3}`;
      await sending.pipeline.services.get(name)?.kill('SIGKILL');
      await sending.pipeline.start('sender', name);
    }
    await allFinal(sending, 90_000);
    const entries = sending.pipeline.emulator.ledger();
    const { peak, violations } = limitsOf(sending).throughput;
    const states = await sending.states(mids);
    figure(`6 kills among 3 senders: peak ${peak} in a second, states ${JSON.stringify(states)}`);
    expect({ violations, doubles: doubles(entries), states }).toEqual({
      violations: 0,
      doubles: [],
      states: { sent: 1_200 },
    });
    expect(peak).toBeLessThanOrEqual(80);
  }, 240_000);
});
