import { createServer } from 'node:http';
import { monotonicMs } from './monotonic.mjs';

// A Graph API that accepts everything at once, and notes when each POST was there and for whom. Nothing more: what it
// costs is the same for every contender, and as little as possible.

let arrivals = [];
let answered = 0;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const at = monotonicMs();
    const { to } = JSON.parse(Buffer.concat(chunks).toString());
    arrivals.push([to, at]);
    answered += 1;
    const body = `{"messaging_product":"whatsapp","contacts":[{"input":"${to}","wa_id":"${to}"}],"messages":[{"id":"wamid.OUT${answered}"}]}`;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});
server.keepAliveTimeout = 65_000;

const tasks = {
  count: () => ({ count: arrivals.length }),
  take: () => {
    const taken = arrivals;
    arrivals = [];
    return { arrivals: taken };
  },
};

process.on('message', ({ task }) => process.send({ kind: 'done', ...tasks[task]() }));
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send({ kind: 'ready', port: server.address().port }));
