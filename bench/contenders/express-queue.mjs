import { createServer } from 'node:http';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import { serve } from './serve.mjs';
import { messagesOf } from './store-once.mjs';

// Express 5 as most tutorials have it: JSON body, one job a message, no signature.

const queue = new Queue('in', {
  connection: new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null }),
});
const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '4mb' }));
app.post('/webhook/whatsapp/:tenant/:team', async (request, response) => {
  for (const item of messagesOf(request.body)) await queue.add('message', item, { jobId: item.message.id });
  response.sendStatus(200);
});
await queue.waitUntilReady();
serve(createServer(app));
