import { loadavg } from 'node:os';

// A round in which others had more of the machine than this says little; it is run again while there is patience.
const OTHERS_MAX = 0.1;

/**
 * Runs every contender once a round, A B C A B C …, so that what the machine does meanwhile falls on all alike; the
 * order turns around every second round. `patience.leftS` is how many seconds may go into runs that are repeated.
 * Returns the results by contender name, in the order of the rounds.
 */
export async function alternate(contenders, { rounds, patience, measure, say }) {
  const results = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      const tell = (result) =>
        say(`  ${round + 1}/${rounds} ${contender.name}: ${result.line}${noise(result)}`);
      const result = await measurePatiently(contender, { patience, measure, tell });
      results.get(contender.name).push(result);
    }
  }
  return results;
}

async function measurePatiently(contender, { patience, measure, tell }) {
  let best;
  for (;;) {
    const startedAt = performance.now();
    const result = await measure(contender);
    tell(result);
    if (best === undefined || result.others < best.others) best = result;
    if (!(result.others > OTHERS_MAX) || patience.leftS <= 0) return best;
    patience.leftS -= (performance.now() - startedAt) / 1000;
  }
}

function noise({ others }) {
  const share = Number.isNaN(others) ? '' : `, others ${Math.round(others * 100)} %`;
  return ` [load ${loadavg()[0].toFixed(1)}${share}]`;
}

/** `{median, min, max}` of some figures. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** The spread of `ours / theirs`, round by round. */
export function ratio(ours, theirs) {
  return spread(ours.map((value, round) => value / theirs[round]));
}

/** `1.23 (1.10–1.40)` */
export function show({ median, min, max }, digits = 2) {
  const text = (value) => value.toFixed(digits);
  return min === max ? text(median) : `${text(median)} (${text(min)}–${text(max)})`;
}

/** The value that a share of the values does not exceed. */
export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
