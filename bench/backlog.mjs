import { claim } from '@alur/store';
import { startAlur } from './contenders/alur.mjs';
import { takeDeliveries } from './deliveries.mjs';
import { monotonicMs } from './monotonic.mjs';
import { percentile } from './rounds.mjs';
import { PHONE_NUMBERS, openStage } from './stage.mjs';
import { table } from './table.mjs';
import { openWaiting, sendingNumber } from './waiting-messages.mjs';

// As many as one number may have in a moment.
const CLAIMS = 250;
// Enough that the sender is busy with it for as long as the other number is watched.
const SMALL = 20_000;
const PROBES = 200;
const PROBE_EVERY_MS = 25;
const LEASE_MS = 60_000;

/** What waits costs room and nothing else: memory, the time of a claim, and the wait of another number of the tier. */
export async function compareBacklog({ found, settings, say }) {
  const sizes = [SMALL, settings.backlog];
  say(
    `\nBacklog: ${sizes.map((size) => size.toLocaleString('en')).join(' and ')} messages waiting on one number`,
  );
  const rows = [];
  for (const size of sizes) rows.push(await measure(size, { found, say }));
  const [small, large] = rows;
  const head = [
    'waiting',
    'put in a second',
    'bytes each',
    'claim p50 ms',
    'claim p99 ms',
    'other number p50 ms',
    'p99 ms',
  ];
  say('');
  say(
    table(
      head,
      rows.map((row) => [
        row.size,
        row.perSecond.toFixed(0),
        row.bytesEach.toFixed(0),
        row.claimP50.toFixed(2),
        row.claimP99.toFixed(2),
        row.otherP50.toFixed(1),
        row.otherP99.toFixed(1),
      ]),
    ),
  );
  const by = (key) => (large[key] / small[key]).toFixed(2);
  say(
    `The large one by the small one: claim p50 ${by('claimP50')}, another number's p50 ${by('otherP50')}, p99 ${by('otherP99')}`,
  );
}

async function measure(size, { found, say }) {
  const stage = await openStage({ found, graph: true });
  await stage.admin.config('SET', 'maxmemory', '8gb');
  const waiting = await openWaiting(stage.redisUrl);
  try {
    const memoryBefore = await usedMemory(stage.admin);
    const startedAt = monotonicMs();
    const number = sendingNumber(PHONE_NUMBERS[0]);
    await waiting.fill(number, size, contactOf, 'broadcast');
    const perSecond = size / ((monotonicMs() - startedAt) / 1000);
    const bytesEach = ((await usedMemory(stage.admin)) - memoryBefore) / size;
    const claims = await timeClaims(waiting.store.client, number);
    const others = await timeOther(stage, waiting);
    const row = {
      size,
      perSecond,
      bytesEach,
      claimP50: percentile(claims, 0.5),
      claimP99: percentile(claims, 0.99),
      otherP50: percentile(others, 0.5),
      otherP99: percentile(others, 0.99),
    };
    say(
      `  ${size}: ${bytesEach.toFixed(0)} bytes each, claim p50 ${row.claimP50.toFixed(2)} ms, other p99 ${row.otherP99.toFixed(1)} ms`,
    );
    return row;
  } finally {
    await waiting.close();
    await stage.close();
  }
}

/** Claims of the number with the backlog, one after another, each of what the ones before admitted. */
async function timeClaims(client, number) {
  const times = [];
  const admitted = await firstAdmitted(client, number);
  while (admitted.length > 0 && times.length < CLAIMS) {
    const message = admitted.shift();
    const startedAt = performance.now();
    const claimed = await claim(client, { ...message, shard: 0, number }, { leaseMs: LEASE_MS, handMs: 0 });
    times.push(performance.now() - startedAt);
    if (claimed.kind !== 'go') break;
    admitted.push(...claimed.admitted);
  }
  return times.sort((a, b) => a - b);
}

async function firstAdmitted(client, number) {
  const mids = await client.zrange(`{s0}:admitted:${number.id}`, 0, -1);
  return Promise.all(
    mids.map(async (mid) => {
      const { cid } = JSON.parse(await client.hget(`{s0}:msg:${mid}`, 'data'));
      return { mid, cid, class: 'broadcast' };
    }),
  );
}

/** How long a message of another number of the tier takes to its POST, while a sender works on the backlog. */
async function timeOther(stage, waiting) {
  await startAlur(stage, ['sender']);
  const other = sendingNumber(PHONE_NUMBERS[1]);
  const sentAt = new Map();
  for (let probe = 0; probe < PROBES; probe += 1) {
    const to = String(629_000_000_000 + probe);
    sentAt.set(to, monotonicMs());
    await waiting.fill(other, 1, () => to);
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  const arrivals = await arrivedOf(stage.graph, sentAt);
  return arrivals.sort((a, b) => a - b);
}

async function arrivedOf(graph, sentAt) {
  const waits = [];
  const deadline = Date.now() + 30_000;
  while (waits.length < sentAt.size && Date.now() < deadline) {
    for (const [to, at] of await takeDeliveries(graph, 0)) {
      if (sentAt.has(to)) waits.push(at - sentAt.get(to));
    }
  }
  return waits;
}

const contactOf = (index) => String(628_000_000_000 + index);

async function usedMemory(admin) {
  return Number(/used_memory:(\d+)/.exec(await admin.info('memory'))[1]);
}
