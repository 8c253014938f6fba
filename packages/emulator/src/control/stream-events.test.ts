import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import express from 'express';
import { createChatLog } from './chat-log.ts';
import { streamEvents } from './stream-events.ts';

test('streamEvents() lets go of a page that stopped reading, which asks again when it wakes', async () => {
  const chat = createChatLog(1);
  const deps = {
    chat,
    windowMs: 1,
    numbers: { list: () => [] },
    addresses: { callbackFor: () => undefined },
  };
  const server = createServer(
    express().get('/', (request, response) => streamEvents(request, response, deps)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  socket.on('error', () => undefined);
  const requested = once(server, 'request');
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const served = await requested;
  const closed = once(served[1], 'close');
  const message = { text: { body: 'a'.repeat(100_000) } };
  for (let n = 0; n < 1_000; n += 1) {
    chat.add({ type: 'outbound', number: '1', contact: '2', wamid: 'wamid.a', at: n, message });
  }
  await closed;
  socket.destroy();
  server.close();
  expect(served[1].destroyed).toBe(true);
}, 10_000);
