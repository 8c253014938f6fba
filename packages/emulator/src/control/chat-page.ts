import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Router } from 'express';
import { type MediaBook } from '../media/media-book.ts';

// Beside src and dist alike.
const PUBLIC = fileURLToPath(new URL('../../public', import.meta.url));

// Pictures load from this machine only: the page promises that nothing leaves it.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: http://127.0.0.1:* http://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const secure: RequestHandler = (_request, response, next) => {
  response.set({
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  next();
};

// What a file says of itself is not believed: nothing else than these is ever shown within the page.
const PICTURES = ['image/jpeg', 'image/png', 'image/webp'];

/** The page, its files and the pictures that were uploaded, to be mounted at `/chat`. */
export function chatPage(media: Pick<MediaBook, 'find'>): Router {
  const router = express.Router();
  router.get('/', secure, (_request, response) => response.sendFile('chat.html', { root: PUBLIC }));
  for (const file of ['chat.js', 'panel.js', 'chat.css']) {
    router.get(`/${file}`, secure, (_request, response) => response.sendFile(file, { root: PUBLIC }));
  }
  router.get('/media/:id', secure, (request, response) => {
    const file = media.find(String(request.params['id']));
    if (!file || !PICTURES.includes(file.mimeType)) return void response.sendStatus(404);
    response.type(file.mimeType).send(file.bytes);
  });
  return router;
}
