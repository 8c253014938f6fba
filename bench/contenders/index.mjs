import { startTalking } from '../processes.mjs';
import { APP_SECRET } from '../stage.mjs';
import { countInboxes, startAlur } from './alur.mjs';
import { countStream } from './store-once.mjs';

/**
 * Who is measured. `start(stage, options)` resolves to `{port, pids}`; `stored(redis)` counts what was stored of the
 * webhooks that were answered 200. Alur comes first: the ratios are its figure by another's.
 */
export const ACCEPT_CONTENDERS = [
  {
    name: 'Alur ingress',
    start: (stage, options) => startAlur(stage, ['ingress'], options),
    stored: countInboxes,
  },
  { name: 'Express 5 + script', start: programs('express-store.mjs'), stored: countStream },
  {
    name: 'Express 5 + BullMQ, no signature',
    start: programs('express-queue.mjs'),
    stored: (redis) => redis.llen('bull:in:wait'),
  },
  { name: 'node:http + script', start: programs('http-store.mjs'), stored: countStream },
];

export const PIPELINE_CONTENDERS = [
  {
    name: 'Alur',
    start: (stage, options) => startAlur(stage, ['ingress', 'flow-runner', 'sender'], options),
  },
  { name: 'all in the handler', start: programs('inline-handler.mjs') },
  {
    name: 'two BullMQ queues',
    start: programs('queues-web.mjs', 'queues-flow.mjs', 'queues-sender.mjs'),
  },
];

function programs(...files) {
  return async (stage) => {
    const env = { REDIS_URL: stage.redisUrl, APP_SECRET, GRAPH_PORT: String(stage.graph?.port ?? '') };
    const started = [];
    for (const file of files) started.push(stage.keep(await startTalking(`contenders/${file}`, env)));
    return { port: started[0].port, pids: started.map(({ pid }) => pid) };
  };
}
