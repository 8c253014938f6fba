import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { postMessage } from './post-message.mjs';
import { sayReady } from './serve.mjs';

// The plain way to send what waits in a queue: take a job, POST it, done. It knows no limit, no order, no record.

const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const options = { connection, concurrency: Number(process.env.CONCURRENCY), removeOnComplete: { count: 0 } };
const worker = new Worker('out', ({ data }) => postMessage(data), options);
await worker.waitUntilReady();
sayReady();
