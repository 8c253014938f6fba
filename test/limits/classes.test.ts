import { afterEach, describe, expect, test } from '@jest/globals';
import { figure } from '../support/figure.ts';
import { replyFlow } from '../support/flows.ts';
import { messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { waitFor } from '../support/wait.ts';
import { TEMPLATE, contacts, doubles, limitsOf, startSending, type Sending } from './sending.ts';

let sending: Sending | undefined;
afterEach(async () => {
  await sending?.stop();
  sending = undefined;
});

const BROADCASTS = 10_000;
const CHATTERS = 200;
const CHAT_EVERY_MS = 100;

describe('10,000 broadcast messages and a live chat on one number of 80 a second', () => {
  test('replies wait less than a second, broadcasts still move, no second above the limit', async () => {
    sending = await startSending({
      senders: 2,
      services: ['ingress', 'flow-runner'],
      flows: { 'echo.ygtc': replyFlow('{{message.text}}') },
      numbers: [{ phone_number_id: '100200300', tier: 'unlimited', throughput: 80 }],
    });
    const target = sending;
    await target.give(contacts(BROADCASTS), TEMPLATE, { class: 'broadcast' });
    const asked = await chat(target);
    const replies = await waitFor(
      () => {
        const texts = target.pipeline.emulator.ledger().filter(({ type }) => type === 'text');
        return texts.length >= CHATTERS ? texts : undefined;
      },
      'every reply',
      30_000,
    );
    const waits = replies.map(({ to, arrivedMs }) => arrivedMs - (asked.get(to) ?? 0)).sort((a, b) => a - b);
    const p99 = waits[Math.ceil(waits.length * 0.99) - 1] ?? Infinity;
    const all = target.pipeline.emulator.ledger();
    const { peak, violations } = limitsOf(target).throughput;
    const broadcasts = all.length - replies.length;
    figure(
      `${CHATTERS} replies among 10,000 broadcasts: p50 ${waits[CHATTERS / 2]?.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; ${broadcasts} broadcasts went meanwhile; peak ${peak} in a second`,
    );
    expect({ violations, doubles: doubles(all) }).toEqual({ violations: 0, doubles: [] });
    expect(p99).toBeLessThan(1_000);
    expect(broadcasts).toBeGreaterThan(CHATTERS);
  }, 180_000);
});

/** Each contact writes once, one after another. Resolves to when each one's webhook was answered, by contact. */
async function chat({ pipeline }: Sending): Promise<Map<string, number>> {
  const asked = new Map<string, number>();
  const secret = pipeline.team.appSecrets[0] ?? '';
  const number = pipeline.number.id;
  for (const [index, from] of contacts(CHATTERS, 628_900_000_000).entries()) {
    const message = { number, from, id: `wamid.L${index}`, content: text(`hi ${index}`) };
    await postWebhook(pipeline.webhookUrl, metaJson(webhook(messagesChange(number, [message]))), { secret });
    asked.set(from, performance.timeOrigin + performance.now());
    await new Promise((resolve) => setTimeout(resolve, CHAT_EVERY_MS));
  }
  return asked;
}
