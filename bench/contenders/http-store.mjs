import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { serve } from './serve.mjs';
import { createOnceStore, isSigned, messagesOf } from './store-once.mjs';

// The same as express-store.mjs on node:http alone: the least that can be done.

const { REDIS_URL, APP_SECRET } = process.env;
const store = createOnceStore(new Redis(REDIS_URL));

serve(
  createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const status = await take(Buffer.concat(chunks), request.headers['x-hub-signature-256']);
      response.writeHead(status, { 'content-type': 'text/plain', 'content-length': 2 }).end('ok');
    });
  }),
);

async function take(body, signature) {
  if (!isSigned(body, signature, APP_SECRET)) return 401;
  for (const item of messagesOf(JSON.parse(body))) await store(item);
  return 200;
}
