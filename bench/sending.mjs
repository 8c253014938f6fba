import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { startAlur } from './contenders/alur.mjs';
import { takeDeliveries } from './deliveries.mjs';
import { cpuMs, memoryMb, watchOthers } from './process-usage.mjs';
import { startTalking } from './processes.mjs';
import { countCommands } from './redis-commands.mjs';
import { alternate, ratio, show, spread } from './rounds.mjs';
import { PHONE_NUMBERS, openStage } from './stage.mjs';
import { table } from './table.mjs';
import { openWaiting, sendingNumber } from './waiting-messages.mjs';

const CONCURRENCY = 100;
const SHARE_AIM = 0.5;
const ADD_CALL = 1_000;

const CONTENDERS = [
  { name: 'Alur sender', fill: fillAlur, start: (stage) => startAlur(stage, ['sender']) },
  { name: 'plain BullMQ worker', fill: fillQueue, start: startPlain },
];

/** Messages that wait, sent as fast as one sender process can: Alur's, and a worker that does nothing but POST. */
export async function compareSending({ found, settings, say }) {
  const { longRounds, messages } = settings;
  say(`\nSending: ${messages} messages that wait already, one process, first POST → last POST`);
  const results = await alternate(CONTENDERS, {
    rounds: longRounds,
    patience: settings.patience,
    measure: (contender) => measure(contender, { found, messages }),
    say,
  });
  const figures = (name, key) => results.get(name).map((result) => result[key]);
  const [ours, theirs] = CONTENDERS.map(({ name }) => name);
  const rows = CONTENDERS.map(({ name }) => [
    name,
    show(spread(figures(name, 'perSecond')), 0),
    show(spread(figures(name, 'cpuMsEach'))),
    show(spread(figures(name, 'redisMsEach'))),
    show(spread(figures(name, 'memory')), 0),
    show(spread(figures(name, 'wrong')), 0),
  ]);
  say('');
  const head = ['contender', 'messages a second', 'CPU ms each', 'Redis CPU ms each', 'memory MB', 'wrong'];
  say(table(head, rows));
  const share = ratio(figures(ours, 'perSecond'), figures(theirs, 'perSecond'));
  say(
    `Alur's rate by the plain worker's: ${show(share)}; aim ${SHARE_AIM}: ${share.median >= SHARE_AIM ? 'met' : 'NOT met'}`,
  );
  for (const { name } of CONTENDERS) await tellCommands(name, { found, say });
}

async function measure(contender, { found, messages }) {
  const stage = await openStage({ found, graph: true });
  try {
    await contender.fill(stage, messages);
    const others = watchOthers(stage.pids);
    const redisBefore = cpuMs([stage.redisPid]);
    const { pids } = await contender.start(stage);
    const arrivals = await takeDeliveries(stage.graph, messages);
    const times = arrivals.map(([, at]) => at).sort((a, b) => a - b);
    const spanMs = times.at(-1) - times[0];
    const wrong =
      Math.abs(arrivals.length - messages) + arrivals.length - new Set(arrivals.map(([to]) => to)).size;
    const perSecond = (arrivals.length - 1) / (spanMs / 1000);
    return {
      perSecond,
      cpuMsEach: cpuMs(pids) / messages,
      redisMsEach: (cpuMs([stage.redisPid]) - redisBefore) / messages,
      memory: memoryMb(pids),
      wrong,
      others: others(),
      line: `${perSecond.toFixed(0)} a second, ${wrong} lost or double`,
    };
  } finally {
    await stage.close();
  }
}

/** What one message costs in commands, counted on a run of its own since counting slows Redis down. */
async function tellCommands(name, { found, say }) {
  const messages = 1_000;
  const contender = CONTENDERS.find((each) => each.name === name);
  const stage = await openStage({ found, graph: true });
  try {
    await contender.fill(stage, messages);
    const { total, byCommand } = await countCommands(stage.redisUrl, async () => {
      await contender.start(stage);
      await takeDeliveries(stage.graph, messages);
    });
    say(`\nRedis commands a message, ${name}: ${(total / messages).toFixed(2)}`);
    for (const [command, count] of byCommand.filter(([, count]) => count / messages >= 0.02)) {
      say(`  ${(count / messages).toFixed(2).padStart(6)}  ${command}`);
    }
  } finally {
    await stage.close();
  }
}

const contactOf = (index) => String(628_000_000_000 + index);

async function fillAlur(stage, messages) {
  const waiting = await openWaiting(stage.redisUrl);
  const each = Math.ceil(messages / PHONE_NUMBERS.length);
  for (const [place, id] of PHONE_NUMBERS.entries()) {
    const from = place * each;
    const count = Math.min(each, messages - from);
    await waiting.fill(sendingNumber(id), count, (index) => contactOf(from + index));
  }
  await waiting.close();
}

async function fillQueue(stage, messages) {
  const connection = new Redis(stage.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('out', { connection, defaultJobOptions: { removeOnComplete: true } });
  const jobs = Array.from({ length: messages }, (_, index) => ({
    name: 'send',
    data: { number: PHONE_NUMBERS[index % PHONE_NUMBERS.length], to: contactOf(index), text: 'news' },
  }));
  for (let from = 0; from < messages; from += ADD_CALL)
    await queue.addBulk(jobs.slice(from, from + ADD_CALL));
  await queue.close();
  connection.disconnect();
}

async function startPlain(stage) {
  const env = {
    REDIS_URL: stage.redisUrl,
    GRAPH_PORT: String(stage.graph.port),
    CONCURRENCY: String(CONCURRENCY),
  };
  const { pid } = stage.keep(await startTalking('contenders/backlog-worker.mjs', env));
  return { pids: [pid] };
}
