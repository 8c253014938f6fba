import { expect, test } from '@jest/globals';
import { createClock } from '../clock.ts';
import { EmulatorOptions } from '../options.ts';
import { createStats } from '../stats.ts';
import { NUMBER } from '../testing/lab.ts';
import { createAppSecrets } from './app-secrets.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { createRedelivery } from './redelivery.ts';
import { createUpdateBatches } from './update-batches.ts';
import { createWebhookAddresses } from './webhook-addresses.ts';
import { createWebhookQueue } from './webhook-queue.ts';

test('createWebhookQueue() keeps no more copies for an app that is down than it may, and sends all to the number’s own', async () => {
  const [number] = EmulatorOptions.parse({ numbers: [NUMBER] }).numbers;
  if (!number) throw new Error('no number');
  const clock = createClock({ startMs: 1_800_000_000_000, rate: 0 });
  const posted: string[] = [];
  const poster = {
    post: (url: string) => {
      posted.push(url);
      return Promise.resolve({ status: url === 'http://own' ? 200 : 503 });
    },
    get: () => Promise.resolve({ status: 404, reason: '', body: '' }),
    close: () => undefined,
  };
  const addresses = createWebhookAddresses({ appUrlFor: () => 'http://own', poster, challenge: () => '1' });
  addresses.addApp({ wabaId: NUMBER.wabaId, url: 'http://down', appSecret: 'x' });
  const stats = createStats();
  const queue = createWebhookQueue({
    clock,
    addresses,
    secrets: createAppSecrets(clock, () => 0),
    log: createDeliveryLog(),
    redelivery: createRedelivery('fast'),
    receipts: (onReady) =>
      createUpdateBatches({ max: 1, waitMs: 0, keyOf: (update) => update.number.id, clock }, onReady),
    messages: (onReady) => createUpdateBatches({ max: 1, waitMs: 0, keyOf: () => '', clock }, onReady),
    holdMs: () => 0,
    poster,
    stats,
    waitingMax: 5,
  });
  clock.settleWith(() => queue.settled());
  for (let n = 0; n < 20; n += 1) {
    queue.add({ number, kind: 'messages', item: { id: `wamid.${n}` } });
    await clock.advance(0);
  }
  expect(posted.filter((url) => url === 'http://own')).toHaveLength(20);
  expect(posted.filter((url) => url === 'http://down')).toHaveLength(5);
  expect([stats.webhooks.dropped, queue.pending, clock.waiting]).toEqual([15, 0, 5]);
  queue.close();
  clock.close();
});
