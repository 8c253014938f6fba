import { contactOf } from './webhook-requests.mjs';

const POLL_MS = 50;
const NO_PROGRESS_MS = 10_000;
// A second copy would come soon after the first.
const AFTERMATH_MS = 500;

/**
 * Waits until the Graph API has had `count` POSTs, or none for ten seconds, and a little longer for any that are too
 * many. Returns the POSTs.
 */
export async function takeDeliveries(graph, count) {
  let seen = -1;
  for (let since = Date.now(); seen < count && Date.now() - since < NO_PROGRESS_MS;) {
    const now = (await graph.ask('count')).count;
    if (now > seen) since = Date.now();
    seen = now;
    await rest(POLL_MS);
  }
  await rest(AFTERMATH_MS);
  return (await graph.ask('take')).arrivals;
}

/**
 * What came of a run of one message a contact: how long each took from its webhook's time to its POST in ms, sorted, when the
 * last POST was there, and how many were refused (not answered 200), lost (answered 200, and never sent) and double.
 */
export function judgeDeliveries(run, arrivals) {
  const posts = new Map();
  for (const [to, at] of arrivals) posts.set(to, [...(posts.get(to) ?? []), at]);
  const latencies = [];
  let lost = 0;
  let lastAt = 0;
  run.sentAt.forEach((sentAt, offset) => {
    const [at] = posts.get(contactOf(run.first + offset)) ?? [];
    if (at === undefined) {
      if (run.statuses[offset] === 200) lost += 1;
      return;
    }
    latencies.push(at - sentAt);
    lastAt = Math.max(lastAt, at);
  });
  latencies.sort((a, b) => a - b);
  return { latencies, lastAt, refused: run.failed, lost, duplicates: arrivals.length - posts.size };
}

function rest(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
