import { LeanConnection } from './lean-connection.mjs';
import { monotonicMs } from './monotonic.mjs';
import { webhookRequest } from './webhook-requests.mjs';

// The generator, a process of its own. It is told `prepare` once, and then `closed` or `open` for parts of what it
// prepared; it answers each with when requests were sent and how they were answered.

let requests = [];
let next = 0;
let connections = [];
let port;

const tasks = {
  prepare: ({ target, count, contacts, connections: open }) => {
    requests = Array.from({ length: count }, (_, index) => webhookRequest(target, index, index % contacts));
    next = 0;
    port = target.port;
    connections = Array.from({ length: open }, () => new LeanConnection(port));
    return { prepared: count, bytes: requests[0].length };
  },
  closed: ({ count }) => closedLoop(count),
  open: ({ count, rate }) => openLoop(count, rate),
};

process.on('message', async ({ task, ...input }) => {
  process.send({ kind: 'done', ...(await tasks[task](input)) });
});
process.on('disconnect', () => process.exit(0));
process.send({ kind: 'ready' });

/** Every connection sends its next request as soon as the one before is answered. */
async function closedLoop(count) {
  const run = newRun(count);
  const last = next + count;
  const startedAt = monotonicMs();
  await Promise.all(
    connections.map(async (connection) => {
      while (next < last) await sendNext(connection, run, monotonicMs());
    }),
  );
  return { ...run, startedAt, endedAt: monotonicMs() };
}

/** Requests go at their time, evenly spaced, however long the answers take; a request's time is when it was due. */
async function openLoop(count, rate) {
  const run = newRun(count);
  const idle = [...connections];
  const sending = [];
  const startedAt = monotonicMs();
  for (let sent = 0; sent < count;) {
    const due = startedAt + (sent * 1000) / rate;
    if (monotonicMs() < due) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    const connection = idle.pop() ?? newConnection();
    sending.push(sendNext(connection, run, due).then(() => idle.push(connection)));
    sent += 1;
  }
  await Promise.all(sending);
  return { ...run, startedAt, endedAt: monotonicMs() };
}

function newConnection() {
  const connection = new LeanConnection(port);
  connections.push(connection);
  return connection;
}

function newRun(count) {
  return {
    first: next,
    sentAt: new Float64Array(count),
    answeredAt: new Float64Array(count),
    ok: 0,
    failed: 0,
    statuses: new Uint16Array(count),
  };
}

async function sendNext(connection, run, dueAt) {
  const index = next;
  next += 1;
  run.sentAt[index - run.first] = dueAt;
  const status = await connection.send(requests[index]);
  run.answeredAt[index - run.first] = monotonicMs();
  if (status === 200) run.ok += 1;
  else run.failed += 1;
  run.statuses[index - run.first] = status;
}
