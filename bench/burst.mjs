import { PIPELINE_CONTENDERS } from './contenders/index.mjs';
import { judgeDeliveries, takeDeliveries } from './deliveries.mjs';
import { cpuMs, memoryMb, watchOthers } from './process-usage.mjs';
import { watchRedis } from './redis-commands.mjs';
import { alternate, ratio, show, spread } from './rounds.mjs';
import { CONNECTIONS } from './settings.mjs';
import { openStage, targetOf } from './stage.mjs';
import { table } from './table.mjs';

const WARM_UP_SHARE = 0.1;

/** Messages as fast as they are taken: from the first webhook to the last POST. */
export async function compareBurst({ found, settings, say }) {
  const { longRounds, messages } = settings;
  say(
    `\nBurst: ${messages} messages over ${CONNECTIONS} connections, first webhook → last POST at the Graph API`,
  );
  const results = await alternate(PIPELINE_CONTENDERS, {
    rounds: longRounds,
    patience: settings.patience,
    measure: (contender) => measureBurst(contender, { found, settings }),
    say,
  });
  const figures = (name, key) => results.get(name).map((result) => result[key]);
  const ours = PIPELINE_CONTENDERS[0].name;
  const byOurs = (name, key) => (name === ours ? '1' : show(ratio(figures(ours, key), figures(name, key))));
  const rows = PIPELINE_CONTENDERS.map(({ name }) => [
    name,
    show(spread(figures(name, 'perSecond')), 0),
    byOurs(name, 'perSecond'),
    show(spread(figures(name, 'cpuMsEach'))),
    byOurs(name, 'cpuMsEach'),
    show(spread(figures(name, 'redisMsEach'))),
    show(spread(figures(name, 'memory')), 0),
    byOurs(name, 'memory'),
    show(spread(figures(name, 'refused')), 0),
    show(spread(figures(name, 'lost')), 0),
    show(spread(figures(name, 'duplicates')), 0),
  ]);
  const head = [
    'contender',
    'messages a second',
    'Alur rate by this',
    'CPU ms each',
    'Alur CPU by this',
    'Redis CPU ms each',
    'memory MB',
    'Alur memory by this',
  ];
  say('');
  say(table([...head, 'refused', 'lost', 'double'], rows));
}

/**
 * One contender's burst. `span` is its time by the steady clock; with `profileDir`, Alur's services write
 * profiles there, and `redisTimes` is what each command cost Redis.
 */
export async function measureBurst(contender, { found, settings: { messages }, profileDir }) {
  const stage = await openStage({ found, graph: true });
  try {
    const { port, pids } = await contender.start(stage, { profileDir });
    const { load, graph } = stage;
    const warmUp = Math.ceil(messages * WARM_UP_SHARE);
    const count = warmUp + messages;
    await load.ask('prepare', { target: targetOf(port), count, contacts: count, connections: CONNECTIONS });
    const first = await load.ask('closed', { count: warmUp });
    judgeDeliveries(first, await takeDeliveries(graph, warmUp));
    const others = watchOthers(stage.pids);
    const [cpuBefore, redisBefore] = [pids.map((pid) => cpuMs([pid])), cpuMs([stage.redisPid])];
    const redisTimes = profileDir ? await watchRedis(stage.admin) : undefined;
    const run = await load.ask('closed', { count: messages });
    const { lastAt, refused, lost, duplicates } = judgeDeliveries(run, await takeDeliveries(graph, messages));
    const othersShare = others();
    const cpuMsByProcess = pids.map((pid, index) => (cpuMs([pid]) - cpuBefore[index]) / messages);
    const cpuMsEach = cpuMsByProcess.reduce((sum, ms) => sum + ms, 0);
    const redisMsEach = (cpuMs([stage.redisPid]) - redisBefore) / messages;
    const perSecond = (messages - refused - lost) / ((lastAt - run.startedAt) / 1000);
    const memory = memoryMb(pids);
    const taken = messages / ((run.endedAt - run.startedAt) / 1000);
    const line = `${perSecond.toFixed(0)} a second (taken at ${taken.toFixed(0)}), ${memory.toFixed(0)} MB, ${refused} refused, ${lost} lost, ${duplicates} double`;
    return {
      perSecond,
      cpuMsEach,
      cpuMsByProcess,
      redisMsEach,
      redisTimes: await redisTimes?.(),
      memory,
      refused,
      lost,
      duplicates,
      span: { fromMs: run.startedAt, toMs: lastAt },
      others: othersShare,
      line,
    };
  } finally {
    await stage.close();
  }
}
