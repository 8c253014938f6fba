import { createServer } from 'node:http';
import express from 'express';
import { Redis } from 'ioredis';
import { serve } from './serve.mjs';
import { createOnceStore, isSigned, messagesOf } from './store-once.mjs';

// Express 5: raw body, signature, JSON, one script that stores each message once.

const { REDIS_URL, APP_SECRET } = process.env;
const store = createOnceStore(new Redis(REDIS_URL));
const app = express();
app.disable('x-powered-by');
app.post(
  '/webhook/whatsapp/:tenant/:team',
  express.raw({ type: '*/*', limit: '4mb' }),
  async (request, response) => {
    if (!isSigned(request.body, request.headers['x-hub-signature-256'], APP_SECRET))
      return response.sendStatus(401);
    for (const item of messagesOf(JSON.parse(request.body))) await store(item);
    response.sendStatus(200);
  },
);
serve(createServer(app));
