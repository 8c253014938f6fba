import { createServer } from 'node:http';
import express from 'express';
import { echoOf, postMessage } from './post-message.mjs';
import { serve } from './serve.mjs';
import { isSigned, messagesOf } from './store-once.mjs';

// Everything in the request handler: verify, answer the user, then tell Meta 200. Stores nothing, so it forgets what it
// had in hand when it ends, and sends again what Meta delivers twice.

const app = express();
app.disable('x-powered-by');
app.post(
  '/webhook/whatsapp/:tenant/:team',
  express.raw({ type: '*/*', limit: '4mb' }),
  async (request, response) => {
    const signature = request.headers['x-hub-signature-256'];
    if (!isSigned(request.body, signature, process.env.APP_SECRET)) return response.sendStatus(401);
    for (const item of messagesOf(JSON.parse(request.body))) await postMessage(echoOf(item));
    response.sendStatus(200);
  },
);
serve(createServer(app));
