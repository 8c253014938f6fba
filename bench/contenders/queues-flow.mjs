import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { echoOf } from './post-message.mjs';
import { sayReady } from './serve.mjs';

// Second of three: from the queue `in`, what to say into the queue `out`.

const CONCURRENCY = 50;
const connect = () => new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const out = new Queue('out', { connection: connect(), defaultJobOptions: { removeOnComplete: true } });
const worker = new Worker(
  'in',
  async ({ data }) => {
    await out.add('message', echoOf(data), { jobId: data.message.id });
  },
  { connection: connect(), concurrency: CONCURRENCY },
);
await Promise.all([out.waitUntilReady(), worker.waitUntilReady()]);
sayReady();
