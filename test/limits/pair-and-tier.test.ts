import { afterEach, describe, expect, test } from '@jest/globals';
import type { LedgerEntry } from '@alur/emulator';
import { figure } from '../support/figure.ts';
import { waitFor } from '../support/wait.ts';
import { TEMPLATE, accepted, contacts, doubles, limitsOf, startSending, type Sending } from './sending.ts';

let sending: Sending | undefined;
afterEach(async () => {
  await sending?.stop();
  sending = undefined;
});

const NUMBER = '100200300';
const [CONTACT = ''] = contacts(1);
const PAIR_EVERY_MS = 6_000;
const PAIR_BURST = 44;

const textsOf = (entries: readonly LedgerEntry[]) =>
  entries.map(({ body }) => JSON.stringify(body['template']));
const template = (name: string) => ({
  kind: 'template' as const,
  template: { name, language: { code: 'en' } },
});

describe('the pair rate of a contact', () => {
  test('60 messages at once: none refused, all in order, and no slower than the rate allows', async () => {
    sending = await startSending({
      senders: 3,
      numbers: [{ phone_number_id: NUMBER, tier: 'unlimited', throughput: 80 }],
      emulator: { enforce: { pair: 'api' } },
    });
    const names = Array.from({ length: 60 }, (_, index) => `note_${index}`);
    for (const name of names) await sending.give([CONTACT], template(name), { class: 'reply' });
    const entries = await accepted(sending, 60, 150_000);
    const { refusals, violations, lowestLevel } = limitsOf(sending).pair;
    expect({ refusals, violations, doubles: doubles(entries) }).toEqual({
      refusals: 0,
      violations: 0,
      doubles: [],
    });
    expect(textsOf(entries)).toEqual(names.map((name) => JSON.stringify(template(name).template)));
    const spanMs = (entries.at(-1)?.arrivedMs ?? 0) - (entries[0]?.arrivedMs ?? 0);
    const leastMs = (60 - PAIR_BURST) * PAIR_EVERY_MS;
    const use = leastMs / spanMs;
    figure(
      `60 messages to one contact: ${(spanMs / 1_000).toFixed(1)} s of ${leastMs / 1_000} s, use ${(use * 100).toFixed(1)} %, lowest level ${lowestLevel.toFixed(2)}`,
    );
    expect(use).toBeGreaterThanOrEqual(0.99);
  }, 200_000);
});

describe('the tier of a number', () => {
  test('250 contacts and not one more, with kills among three senders; a failure gives its place back', async () => {
    sending = await startSending({
      senders: 3,
      fsync: 'always',
      numbers: [{ phone_number_id: NUMBER, tier: '250', throughput: 1_000 }],
      env: { SEND_TIMEOUT_MS: '2000', UNKNOWN_GRACE_MS: '3000', UNKNOWN_FLOOR_MS: '10000' },
    });
    const target = sending;
    const mids = await target.give(contacts(300), TEMPLATE);
    for (const [kill, goal] of [60, 120, 180].entries()) {
      await accepted(target, goal, 30_000);
      await target.pipeline.services.get(`sender-${kill}`)?.kill('SIGKILL');
      await target.pipeline.start('sender', `sender-${kill}`);
    }
    await accepted(target, 250, 60_000);
    const full = await waitFor(
      async () => {
        const states = await target.states(mids);
        return states['sent'] === 250 ? states : undefined;
      },
      '250 messages to be sent',
      60_000,
    );
    const { peak, violations } = limitsOf(target).tier;
    figure(`300 contacts at a tier of 250, 3 kills: ${peak} counted, states ${JSON.stringify(full)}`);
    expect({ peak, violations, full }).toEqual({
      peak: 250,
      violations: 0,
      full: { sent: 250, queued: 50 },
    });

    // Of the contacts that have their place, anybody may get more; of the failed ones the place is free again.
    await target.give(contacts(10), TEMPLATE);
    await accepted(target, 260, 30_000);
    expect(limitsOf(target).tier).toMatchObject({ peak: 250, violations: 0 });
  }, 240_000);

  test('places of messages that fail later go to those who wait', async () => {
    sending = await startSending({
      numbers: [{ phone_number_id: NUMBER, tier: '250', throughput: 1_000 }],
    });
    const target = sending;
    await fetch(`${target.pipeline.emulator.url}/_emulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        times: 40,
        fault: { kind: 'failed_status', code: 131026, title: 'Message undeliverable' },
      }),
    });
    const mids = await target.give(contacts(300), TEMPLATE);
    const states = await waitFor(
      async () => {
        const now = await target.states(mids);
        return now['sent'] === 250 && now['dead'] === 40 ? now : undefined;
      },
      '250 places to be taken by messages that arrived',
      60_000,
    );
    expect(states).toEqual({ sent: 250, dead: 40, queued: 10 });
    expect(limitsOf(target).tier).toMatchObject({ peak: 250, violations: 0 });
  }, 120_000);
});
