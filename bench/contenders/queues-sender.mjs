import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { postMessage } from './post-message.mjs';
import { sayReady } from './serve.mjs';

// Third of three: from the queue `out` to the Graph API.

const CONCURRENCY = 50;
const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const worker = new Worker('out', ({ data }) => postMessage(data), { connection, concurrency: CONCURRENCY });
await worker.waitUntilReady();
sayReady();
