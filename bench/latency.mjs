import { PIPELINE_CONTENDERS } from './contenders/index.mjs';
import { judgeDeliveries, takeDeliveries } from './deliveries.mjs';
import { countCommands } from './redis-commands.mjs';
import { alternate, percentile, ratio, show, spread } from './rounds.mjs';
import { CONNECTIONS, P99_AIM_MS } from './settings.mjs';
import { cpuMs, watchOthers } from './process-usage.mjs';
import { openStage, targetOf } from './stage.mjs';
import { table } from './table.mjs';

// In a closed loop first: a service that has just started is not what is meant.
const WARM_UP = 2_000;
const COMMANDS_S = 2;

/** Webhook to POST at a steady rate, for Alur and the two usual designs; and what Alur asks of Redis for it. */
export async function compareLatency({ found, settings, say }) {
  say(
    `\nLatency: webhook due → POST at the Graph API, ${settings.rate} messages a second for ${settings.seconds} s, open loop`,
  );
  const results = await alternate(PIPELINE_CONTENDERS, {
    rounds: settings.longRounds,
    patience: settings.patience,
    measure: (contender) => measure(contender, { found, settings }),
    say,
  });
  const figures = (name, key) => results.get(name).map((result) => result[key]);
  const ours = PIPELINE_CONTENDERS[0].name;
  const rows = PIPELINE_CONTENDERS.map(({ name }) => [
    name,
    show(spread(figures(name, 'p50')), 1),
    show(spread(figures(name, 'p99')), 1),
    name === ours ? '1' : show(ratio(figures(ours, 'p50'), figures(name, 'p50'))),
    name === ours ? '1' : show(ratio(figures(ours, 'p99'), figures(name, 'p99'))),
    show(spread(figures(name, 'cpuMsEach'))),
    show(spread(figures(name, 'refused')), 0),
    show(spread(figures(name, 'lost')), 0),
    show(spread(figures(name, 'duplicates')), 0),
  ]);
  say('');
  say(
    table(
      [
        'contender',
        'p50 ms',
        'p99 ms',
        'Alur p50 by this',
        'Alur p99 by this',
        'CPU ms each',
        'refused',
        'lost',
        'double',
      ],
      rows,
    ),
  );
  const { median } = spread(figures(ours, 'p99'));
  say(`p99 of Alur ${median < P99_AIM_MS ? 'is' : 'is NOT'} below ${P99_AIM_MS} ms in this run`);
  for (const { name } of PIPELINE_CONTENDERS) tellCommands(name, results.get(name).at(-1).commands, say);
}

async function measure(contender, { found, settings }) {
  const stage = await openStage({ found, graph: true });
  try {
    const { port, pids } = await contender.start(stage);
    const [main, counted] = [settings.seconds, COMMANDS_S].map((seconds) => seconds * settings.rate);
    const count = WARM_UP + main + counted;
    await stage.load.ask('prepare', {
      target: targetOf(port),
      count,
      contacts: count,
      connections: CONNECTIONS,
    });
    await stage.load.ask('closed', { count: WARM_UP });
    await takeDeliveries(stage.graph, WARM_UP);
    const others = watchOthers(stage.pids);
    const cpuBefore = cpuMs(pids);
    const result = await deliver(stage, main, settings.rate);
    const cpuMsEach = (cpuMs(pids) - cpuBefore) / main;
    const othersShare = others();
    const commands = await countCommands(stage.redisUrl, () => deliver(stage, counted, settings.rate));
    const [p50, p99] = [0.5, 0.99].map((share) => percentile(result.latencies, share));
    const { lost, duplicates, refused } = result;
    const line = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${refused} refused, ${lost} lost, ${duplicates} double`;
    return {
      p50,
      p99,
      cpuMsEach,
      lost,
      duplicates,
      refused,
      others: othersShare,
      commands: { ...commands, messages: counted },
      line,
    };
  } finally {
    await stage.close();
  }
}

async function deliver({ load, graph }, count, rate) {
  const run = await load.ask('open', { count, rate });
  return judgeDeliveries(run, await takeDeliveries(graph, count));
}

function tellCommands(name, { total, byCommand, messages }, say) {
  say(`\nRedis commands a message, ${name}: ${(total / messages).toFixed(2)}`);
  for (const [command, count] of byCommand) {
    if (count / messages >= 0.005) say(`  ${(count / messages).toFixed(2).padStart(6)}  ${command}`);
  }
}
