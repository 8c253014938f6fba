import { describe, expect, test } from '@jest/globals';
import { EventId, hash, NumberId } from '@alur/types';
import { Queue } from 'bullmq';
import { connect, type RedisClient, waitUntilReady } from './connection.ts';
import { createReadReceipts, startReadReceiptWorker } from './read-receipts.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();

function receipt(name: string) {
  const evt = EventId.parse(hash('evt', name));
  return {
    tenant: 'default',
    number: NumberId.parse('100200300'),
    evt,
    wamid: `wamid.${name}`,
    typing: false,
  };
}

/** As a runner has them, without a sender. */
async function withReceipts(
  work: (receipts: ReturnType<typeof createReadReceipts>, bull: RedisClient) => Promise<void>,
  waitingMax?: number,
) {
  const bull = connect({ url: store.url });
  const queues = bull.bull('queue');
  await waitUntilReady(queues, 5_000);
  const receipts = createReadReceipts({
    client: store.real,
    bull: queues,
    shards: 1,
    ...(waitingMax !== undefined && { waitingMax }),
  });
  try {
    await work(receipts, queues);
  } finally {
    await receipts.close();
    await bull.close();
  }
}

describe('createReadReceipts()', () => {
  test('keeps nothing more while as many wait as can be told in time', async () => {
    await withReceipts(async (receipts, bull) => {
      await receipts.tell(receipt('a'));
      const queue = new Queue('read-receipts', { connection: bull, prefix: '{q-reads}' });
      expect(await queue.getWaitingCount()).toBe(1);
      await queue.close();
      expect(await store.real.ttl(store.keys.readReceipt(receipt('a').evt))).toBeGreaterThan(0);
    });
    await withReceipts(async (receipts) => {
      await receipts.tell(receipt('b'));
      expect(await store.real.exists(store.keys.readReceipt(receipt('b').evt))).toBe(0);
    }, 1);
  });

  test('has each told once, however many senders there are', async () => {
    await withReceipts(async (receipts) => {
      const told: string[] = [];
      let heard: () => void = () => undefined;
      const both = new Promise<void>((resolve) => {
        heard = () => told.length === 2 && resolve();
      });
      const senders = [0, 1].map(() => {
        const bull = connect({ url: store.url });
        const worker = startReadReceiptWorker({
          client: store.real,
          bull: bull.bull('worker'),
          concurrency: 2,
          send: ({ wamid }) => {
            told.push(wamid);
            heard();
            return Promise.resolve();
          },
          onError: () => undefined,
        });
        return { bull, worker };
      });
      await Promise.all(['a', 'a', 'b'].map((name) => receipts.tell(receipt(name))));
      await both;
      for (const { bull, worker } of senders) {
        await worker.close();
        await bull.close();
      }
      expect(told.sort()).toEqual(['wamid.a', 'wamid.b']);
      expect(await store.real.keys('{s0}:read:*')).toEqual([]);
    });
  });
});
