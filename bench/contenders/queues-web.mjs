import { createServer } from 'node:http';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import { serve } from './serve.mjs';
import { isSigned, messagesOf } from './store-once.mjs';

// First of three: the webhook, into the queue `in`.

const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const queue = new Queue('in', { connection, defaultJobOptions: { removeOnComplete: true } });
const app = express();
app.disable('x-powered-by');
app.post(
  '/webhook/whatsapp/:tenant/:team',
  express.raw({ type: '*/*', limit: '4mb' }),
  async (request, response) => {
    const signature = request.headers['x-hub-signature-256'];
    if (!isSigned(request.body, signature, process.env.APP_SECRET)) return response.sendStatus(401);
    for (const item of messagesOf(JSON.parse(request.body))) {
      await queue.add('message', item, { jobId: item.message.id });
    }
    response.sendStatus(200);
  },
);
await queue.waitUntilReady();
serve(createServer(app));
