import { ScriptError } from '../scripts/run.mjs';
import { ACCEPT_CONTENDERS } from './contenders/index.mjs';
import { cpuMs, watchOthers } from './process-usage.mjs';
import { alternate, ratio, show, spread } from './rounds.mjs';
import { CONNECTIONS } from './settings.mjs';
import { openStage, targetOf } from './stage.mjs';
import { table } from './table.mjs';

const CONTACTS = 5_000;
const WARM_UP_SHARE = 0.5;

/** Webhooks taken a second, by ingress and by what else could stand in its place. */
export async function compareAccept({ found, settings, say }) {
  const { rounds, requests } = settings;
  say(`\nAccept: ${requests} webhooks over ${CONNECTIONS} connections, each answered 200 once it is stored`);
  const results = await alternate(ACCEPT_CONTENDERS, {
    rounds: rounds,
    patience: settings.patience,
    measure: (contender) => measure(contender, { found, settings }),
    say,
  });
  const figures = (name, key) => results.get(name).map((result) => result[key]);
  const ours = ACCEPT_CONTENDERS[0].name;
  const byOurs = (name, key) => (name === ours ? '1' : show(ratio(figures(ours, key), figures(name, key))));
  const rows = ACCEPT_CONTENDERS.map(({ name }) => [
    name,
    show(spread(figures(name, 'perSecond')), 0),
    show(spread(figures(name, 'cpuMsEach')), 3),
    byOurs(name, 'perSecond'),
    byOurs(name, 'cpuMsEach'),
  ]);
  say('');
  say(
    table(['contender', 'webhooks a second', 'CPU ms each', 'Alur rate by this', 'Alur CPU by this'], rows),
  );
}

async function measure(contender, { found, settings }) {
  const stage = await openStage({ found });
  try {
    const { port, pids } = await contender.start(stage);
    const warmUp = Math.ceil(settings.requests * WARM_UP_SHARE);
    const count = warmUp + settings.requests;
    await stage.load.ask('prepare', {
      target: targetOf(port),
      count,
      contacts: CONTACTS,
      connections: CONNECTIONS,
    });
    const first = await stage.load.ask('closed', { count: warmUp });
    const others = watchOthers(stage.pids);
    const cpuBefore = cpuMs(pids);
    const run = await stage.load.ask('closed', { count: settings.requests });
    const [cpuMsEach, othersShare] = [(cpuMs(pids) - cpuBefore) / settings.requests, others()];
    await verify(contender, stage, { answered: first.ok + run.ok, count });
    const perSecond = settings.requests / ((run.endedAt - run.startedAt) / 1000);
    return {
      perSecond,
      cpuMsEach,
      others: othersShare,
      line: `${perSecond.toFixed(0)} a second, all stored`,
    };
  } finally {
    await stage.close();
  }
}

async function verify({ name, stored }, { admin }, { answered, count }) {
  const kept = await stored(admin);
  if (answered === count && kept === count) return;
  throw new ScriptError(`${name}: ${count} webhooks sent, ${answered} answered 200, ${kept} stored`);
}
